namespace Pcm.Testing.Conformance;

/// <summary>
/// How long the machine did nothing for us: a timer of the clock that the laws run on beats every few milliseconds, and the longest silence between
/// two beats is what an application, or a backend's own timer, may have been late by. On a virtual clock there is none.
/// </summary>
/// <remarks>Thread safety: any thread.</remarks>
internal sealed class StallMeter : IDisposable
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(5);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private long _last;
    private TimeSpan _longest;

    public StallMeter(TimeProvider time)
    {
        _time = time;
        _last = time.GetTimestamp();
        _timer = time.CreateTimer(static meter => ((StallMeter)meter!).Beat(), this, s_beat, s_beat);
    }

    /// <summary>The longest silence so far, the one that lasts included, beyond what lies between two beats.</summary>
    public TimeSpan Longest
    {
        get
        {
            Beat();
            lock (_lock)
            {
                return _longest;
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            TimeSpan silence = _time.GetElapsedTime(_last, now) - s_beat;
            _longest = silence > _longest ? silence : _longest;
            _last = now;
        }
    }
}
