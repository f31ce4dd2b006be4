namespace Pcm.Virtio;

/// <summary>
/// A stream that captures: copies what the audio side has into the oldest message, and completes each when it is full, or as it is when the
/// stream is released. Without messages the ring of the audio side fills up and overruns; the next message starts it again.
/// </summary>
/// <remarks>Thread safety: the device's executor only.</remarks>
internal sealed class CaptureSoundStream(int id, VirtioSoundStreamOptions options, SoundDeviceContext context) : SoundStream(id, options, context)
{
    private readonly byte[] _frame = new byte[byte.MaxValue * sizeof(double)]; // one that is cut in two by the driver's descriptors
    private long _filled;
    private long _session; // where the ring's position 0 is

    private protected override long Position => _filled;

    private protected override bool Progress(out long availMin)
    {
        availMin = 0;
        if (Has(VirtioSoundQuirks.CaptureNeverCompletes))
        {
            return false;
        }

        Fill();
        if (State != SoundStreamState.Running)
        {
            return false;
        }

        if (Audio.State != PcmState.Running)
        {
            Recover();
            return false;
        }

        if (Messages.Count > 0)
        {
            long end = Messages[0].End;
            availMin = Math.Min(end - _filled, Audio.PeriodFrames);
            LookAt(_session, end);
        }
        else
        {
            Audio.TryLookAtRing(out long inRing);
            availMin = IsPolling ? inRing + Audio.PeriodFrames : long.MaxValue; // else only an overrun wakes
        }

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

            _session = _filled; // what was in the ring is lost
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
        long bytes = tellsRest ? Math.Clamp(message.Bytes - ((message.End - _filled) * Audio.FrameBytes), 0, message.Bytes) : 0;
        Data.CompleteInput(message.Head, status, latencyBytes: 0, bytes);
    }

    private protected override void MessagesGone() => Submitted = _filled;

    private protected override void ResetPositions()
    {
        Submitted = 0;
        _filled = 0;
        _session = 0;
    }

    private void Fill()
    {
        while (Messages.Count > 0)
        {
            SoundMessage message = Messages[0];
            if (message.End > _filled && !TryFill(message))
            {
                return;
            }

            Messages.RemoveFirst();
            if (message.IsBad)
            {
                Complete(message, VirtioSoundStatusCode.IOError, tellsRest: false);
                continue;
            }

            // Captured and not yet delivered: behind this message in the ring, and before the ring.
            Audio.TryLookAtRing(out long inRing);
            long latency = (inRing * Audio.FrameBytes) + Audio.LatencyBytes;
            Data.CompleteInput(message.Head, VirtioSoundStatusCode.Ok, (uint)Math.Min(latency, uint.MaxValue), message.Bytes);
        }
    }

    /// <summary>Reads what is there into a message. False when that does not fill it, or the driver's memory is gone.</summary>
    private bool TryFill(in SoundMessage message)
    {
        DescriptorChain chain = Data.Open(message.Head);
        int frameBytes = Audio.FrameBytes;
        while (_filled < message.End)
        {
            long left = (message.End - _filled) * frameBytes;
            long offset = message.Bytes - left;
            DescriptorChain.WritableParts parts = chain.EnumerateWritable(offset, left);
            if (!parts.MoveNext())
            {
                return false;
            }

            Span<byte> frames = parts.Current[..(parts.Current.Length - (parts.Current.Length % frameBytes))];
            bool isCut = frames.IsEmpty;
            if (isCut)
            {
                frames = _frame.AsSpan(0, frameBytes);
            }

            int read = Audio.Read(frames);
            _filled += read;
            if (read * frameBytes < frames.Length || (isCut && !chain.TryCopyFrom(offset, frames)))
            {
                return false;
            }
        }

        return true;
    }
}
