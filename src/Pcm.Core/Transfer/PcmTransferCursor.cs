namespace Pcm;

/// <summary>How far a transfer is, between the steps that need the lock and the waits that must not have it.</summary>
internal struct PcmTransferCursor
{
    /// <summary>What the transfer does next.</summary>
    public enum Step
    {
        /// <summary>Look at the state, start capture if need be.</summary>
        Enter,

        /// <summary>Capture was started, or START failed.</summary>
        CaptureStarted,

        /// <summary>Copy what is available.</summary>
        Copy,

        /// <summary>Playback was started, or START failed.</summary>
        PlaybackStarted,

        /// <summary>A wait ended.</summary>
        Woken,
    }

    public PcmTransferCursor(int frames, bool nonBlocking, bool interleaved)
    {
        Frames = frames;
        NonBlocking = nonBlocking;
        Interleaved = interleaved;
    }

    public readonly int Frames;
    public readonly bool NonBlocking;
    public readonly bool Interleaved;
    public Step Next;
    public int Done;
    public long Avail;
    public PcmError Error;

    /// <summary>What the START that the transfer asked for answered.</summary>
    public PcmError StartResult;

    /// <summary>The wait under way, enqueued; null when none.</summary>
    public PcmWaiter? Waiter;

    /// <summary>How the last wait ended.</summary>
    public PcmWake Wake;

    /// <summary>The caller blocks its thread instead of awaiting.</summary>
    public bool BlocksThread;

    public readonly PcmTransfer Result => new(Done > 0 ? PcmError.None : Error, Done);
}
