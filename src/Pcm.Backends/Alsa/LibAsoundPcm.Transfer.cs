namespace Pcm.Backends.Alsa;

/// <content>The hot path: positions and the ring's memory. No allocation unless something is wrong.</content>
internal sealed unsafe partial class LibAsoundPcm
{
    private string _hotText = "";

    /// <inheritdoc/>
    public override long Avail()
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        return Keep(_copied?.Avail() ?? LibAsound.snd_pcm_avail_update(_pcm));
    }

    /// <inheritdoc/>
    public override long Delay()
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        int error = LibAsound.snd_pcm_delay(_pcm, out nint frames);
        return error < 0 ? -1 : frames;
    }

    /// <inheritdoc/>
    public override bool TryGetTimestamp(out long nanoseconds)
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        int error = LibAsound.snd_pcm_htimestamp(_pcm, out _, out Timespec stamp);
        nanoseconds = stamp.TotalNs;
        return error >= 0 && nanoseconds != 0;
    }

    /// <inheritdoc/>
    public override int Begin(ref int frames, out nint ring, out int offset)
    {
        if (_copied is not null)
        {
            frames = _copied.Begin(frames, out ring, out offset);
            return 0;
        }

        using AlsaErrorText listening = AlsaErrorText.Listen();
        var count = (nuint)frames;
        ring = 0;
        offset = 0;
        frames = 0;
        int error = (int)Keep(LibAsound.snd_pcm_mmap_begin(_pcm, out ChannelArea* areas, out nuint at, ref count));
        if (error < 0)
        {
            return error;
        }

        // SAFETY: a PCM with parameters has at least one channel, and libasound keeps the areas until they are given back.
        if (areas->FirstBits != 0 || areas->StepBits != _frameBits)
        {
            _hotText = $"the first channel begins at bit {areas->FirstBits} with {areas->StepBits} bits between samples, which is not interleaved";
            return (int)PcmError.IO;
        }

        ring = areas->Address;
        offset = (int)at;
        frames = (int)count;
        return 0;
    }

    /// <inheritdoc/>
    public override long Commit(int offset, int frames)
    {
        using AlsaErrorText listening = AlsaErrorText.Listen();
        return Keep(_copied?.Commit(offset, frames) ?? LibAsound.snd_pcm_mmap_commit(_pcm, (nuint)offset, (nuint)frames));
    }

    /// <inheritdoc/>
    public override long Rewind(long frames)
    {
        if (_copied is not null)
        {
            return 0; // what was written is gone, and what was given back unread is the next to be read
        }

        using AlsaErrorText listening = AlsaErrorText.Listen();
        nint rewindable = LibAsound.snd_pcm_rewindable(_pcm);
        return rewindable < frames ? rewindable : Keep(LibAsound.snd_pcm_rewind(_pcm, (nuint)frames));
    }

    /// <inheritdoc/>
    public override void Wait(TimeSpan timeout, bool untilReady) => _poller.Wait(timeout, untilReady);

    /// <inheritdoc/>
    public override void Wake() => _poller.Wake();

    /// <inheritdoc/>
    public override void Log(string operation, long error)
    {
        AlsaLog.Failed(_log, Name, operation, Reason(error, _hotText));
        _hotText = "";
    }

    /// <summary>Keeps libasound's words until <see cref="Log"/>.</summary>
    private long Keep(long result)
    {
        if (result < 0)
        {
            _hotText = AlsaErrorText.Text;
        }

        return result;
    }
}
