namespace Pcm.Backends;

/// <summary>
/// Which frame a stream of a whole rate has reached at a time, and when it reaches a frame. Every answer is counted from one anchor, so
/// nothing adds up over a long stream, and a frame is reached at the very nanosecond that <see cref="DueNs"/> names, never one early.
/// </summary>
internal struct FrameClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private int _rate;
    private long _anchorNs;
    private long _anchorFrame;
    private long _ranNs;

    /// <summary>Runs from <paramref name="frame"/> at <paramref name="nowNs"/>.</summary>
    public void Restart(int rate, long nowNs, long frame)
    {
        _rate = rate;
        _anchorNs = nowNs;
        _anchorFrame = frame;
    }

    /// <summary>Remembers how far it came, parts of a frame included.</summary>
    public void Pause(long nowNs) => _ranNs = nowNs - _anchorNs;

    /// <summary>Goes on from the <see cref="Pause"/>.</summary>
    public void Release(long nowNs) => _anchorNs = nowNs - _ranNs;

    /// <summary>The frame that the stream has reached; whole frames only.</summary>
    public readonly long FrameAt(long nowNs) => _anchorFrame + (long)((Int128)(nowNs - _anchorNs) * _rate / NanosecondsPerSecond);

    /// <summary>The first nanosecond at which <see cref="FrameAt"/> answers <paramref name="frame"/> or more.</summary>
    public readonly long DueNs(long frame) =>
        _anchorNs + (long)((((Int128)(frame - _anchorFrame) * NanosecondsPerSecond) + (_rate - 1)) / _rate);
}
