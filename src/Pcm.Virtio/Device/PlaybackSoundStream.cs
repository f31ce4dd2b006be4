namespace Pcm.Virtio;

/// <summary>
/// A stream that plays: copies messages from the driver's memory into the ring of the audio side, and completes each when its last byte was
/// played. A message stays with the device until then, so that what was written and not played can be written again when the audio side had to
/// be stopped: nothing is lost.
/// </summary>
/// <remarks>Thread safety: the device's executor only.</remarks>
internal sealed class PlaybackSoundStream(int id, VirtioSoundStreamOptions options, SoundDeviceContext context) : SoundStream(id, options, context)
{
    private readonly byte[] _frame = new byte[byte.MaxValue * sizeof(double)]; // one that is cut in two by the driver's descriptors
    private long _consumed;
    private long _written;
    private long _session; // where the ring's position 0 is
    private int _writing;  // the first message that is not wholly written

    private protected override long Position => _consumed;

    private protected override bool Progress(out long availMin)
    {
        availMin = 0;
        Note(Audio.TryGetLastRing(out long inRing), inRing);
        Write();
        CompleteWritten();
        if (State != SoundStreamState.Running)
        {
            return false;
        }

        if (Audio.State != PcmState.Running)
        {
            Recover();
            return false;
        }

        long point = NextPoint();
        availMin = Audio.BufferFrames - (_written - point);
        LookAt(_session, point);
        return true;
    }

    private protected override async ValueTask<PcmError> RunAudioAsync()
    {
        if (Audio.State != PcmState.Prepared)
        {
            PcmError error = await OnExecutor(Audio.PrepareAsync(Bus));
            if (error != PcmError.None)
            {
                return error;
            }

            // The ring is empty: the rest comes from the messages again, as far as they are still here.
            _consumed = Math.Max(_consumed, FirstHeld());
            _written = _consumed;
            _session = _consumed;
            _writing = 0;
        }

        Write();
        CompleteWritten();
        if (_written == _consumed)
        {
            return PcmError.None; // nothing to play: the next message starts it
        }

        PcmError started = await Audio.StartAsync(Bus);
        if (started == PcmError.None)
        {
            AudioStarted();
        }

        return started;
    }

    private protected override void Complete(in SoundMessage message, VirtioSoundStatusCode status, bool tellsRest)
    {
        long rest = tellsRest ? Math.Clamp((message.End - _consumed) * Audio.FrameBytes, 0, message.Bytes) : 0;
        Data.CompleteOutput(message.Head, status, (uint)Math.Min(rest, uint.MaxValue));
    }

    /// <summary>Where the oldest message begins. Not beyond what was played, unless messages were given back before they were.</summary>
    private long FirstHeld() => Messages.Count == 0 ? Submitted
        : Messages[0].IsBad ? _consumed
        : Messages[0].End - (Messages[0].Bytes / Audio.FrameBytes);

    /// <summary>By a quirk, gives back what is in the ring of the audio side and was not played yet.</summary>
    private void CompleteWritten()
    {
        bool atOnce = Has(VirtioSoundQuirks.CompletesAtOnce);
        if (!atOnce && !Has(VirtioSoundQuirks.CompletesEarly))
        {
            return;
        }

        while (Messages.Count > 0 && Messages[0].End <= _written
            && (atOnce || (State == SoundStreamState.Running && Messages[0].End <= _consumed + Audio.PeriodFrames)))
        {
            SoundMessage message = Messages.RemoveFirst();
            _writing = Math.Max(0, _writing - 1);
            Finish(message);
        }
    }

    private void Finish(in SoundMessage message)
    {
        // What is still in the ring is not the driver's business: it counts that itself. The rest of the way is.
        uint latency = Has(VirtioSoundQuirks.LatencyIsLengthLessFour) ? (uint)Math.Max(0, message.Bytes - 4) : Audio.LatencyBytes;
        Data.CompleteOutput(message.Head, message.IsBad ? VirtioSoundStatusCode.IOError : VirtioSoundStatusCode.Ok, latency);
    }

    private protected override void MessagesGone()
    {
        Submitted = _written;
        _writing = 0;
    }

    private protected override void ResetPositions()
    {
        Submitted = 0;
        _consumed = 0;
        _written = 0;
        _session = 0;
        _writing = 0;
    }

    private protected override void LookAtHardware() => Note(Audio.TryLookAtRing(out long inRing), inRing);

    /// <summary>Completes what was played.</summary>
    private void Note(bool isKnown, long inRing)
    {
        if (isKnown)
        {
            _consumed = Math.Max(_consumed, _written - inRing);
        }

        while (Messages.Count > 0 && Messages[0].End <= _consumed)
        {
            SoundMessage message = Messages.RemoveFirst();
            _writing = Math.Max(0, _writing - 1);
            Finish(message);
        }
    }

    /// <summary>Where to wake up: at the end of the oldest message, or after a period if there is more to write, or if the driver does not notify.</summary>
    private long NextPoint()
    {
        long point = Messages.Count > 0 ? Math.Min(Messages[0].End, _written) : _written;
        return _writing < Messages.Count || IsPolling ? Math.Min(point, _consumed + Audio.PeriodFrames) : point;
    }

    private void Write()
    {
        while (_writing < Messages.Count)
        {
            SoundMessage message = Messages[_writing];
            if (message.End > _written && !TryWrite(message))
            {
                return;
            }

            _writing++;
        }
    }

    /// <summary>Writes the rest of a message. False when not all of it fitted, or the driver's memory is gone.</summary>
    private bool TryWrite(in SoundMessage message)
    {
        if (message.IsBad)
        {
            return false; // by a quirk it stays where it is, and everything behind it
        }

        DescriptorChain chain = Data.Open(message.Head);
        int frameBytes = Audio.FrameBytes;
        while (_written < message.End)
        {
            long left = (message.End - _written) * frameBytes;
            long offset = SoundDataQueue.HeaderBytes + message.Bytes - left;
            DescriptorChain.ReadableParts parts = chain.EnumerateReadable(offset, left);
            if (!parts.MoveNext())
            {
                return false;
            }

            ReadOnlySpan<byte> frames = parts.Current[..(parts.Current.Length - (parts.Current.Length % frameBytes))];
            if (frames.IsEmpty)
            {
                if (!chain.TryCopyTo(offset, _frame.AsSpan(0, frameBytes)))
                {
                    return false;
                }

                frames = _frame.AsSpan(0, frameBytes);
            }

            int written = Audio.Write(frames);
            _written += written;
            if (written * frameBytes < frames.Length)
            {
                return false;
            }
        }

        return true;
    }
}
