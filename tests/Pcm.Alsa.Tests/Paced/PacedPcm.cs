using Microsoft.Extensions.Logging.Abstractions;
using Pcm.Backends.Alsa;

namespace Pcm.Alsa.Tests.Paced;

/// <summary>
/// A clock that a test turns by hand, before a real PCM of libasound that has none: the memory, the offsets, the commits and what becomes of the frames are
/// libasound's; how far the hardware is, and what goes wrong, is the test's.
/// </summary>
internal sealed class PacedPcm(AlsaPcm real, PcmDirection direction) : AlsaPcm
{
    private readonly object _lock = new();
    private long _moved;      // frames since prepare that the hardware has played or captured
    private long _committed;
    private int _bufferFrames;
    private bool _awake;
    private bool _draining;
    private PcmState? _state;
    private nint _ring;
    private long _allocatedAtWait;

    /// <summary>What the next look at the position answers, until it is set back: an errno.</summary>
    public PcmError Failure { get; set; }

    /// <summary>The hardware is deaf to drain: it never ends.</summary>
    public bool NeverDrains { get; set; }

    /// <summary>Answers of resume, before it succeeds.</summary>
    public Queue<PcmError> ResumeAnswers { get; } = new();

    /// <summary>Frames behind the ring.</summary>
    public long Latency { get; set; }

    /// <summary>What the watching thread has allocated between its last two waits.</summary>
    public long AllocatedBetweenWaits { get; private set; } = -1;

    /// <summary>How often the thread has begun to wait.</summary>
    public int Waits { get; private set; }

    /// <summary>Commits that were made, as offset and frames.</summary>
    public List<(int Offset, int Frames)> Commits { get; } = new(4096);

    public override string Name => real.Name;

    public override bool HasClock => true;

    public override AlsaSpace Space => real.Space;

    public override PcmInfo Info => real.Info;

    public override PcmState State => _state ?? (_draining && _moved == _committed && !NeverDrains ? PcmState.Setup : real.State);

    public static PacedPcm Open(string configuration, PcmDirection direction) =>
        new(LibAsoundPcm.Open("test", direction, configuration, NullLogger.Instance), direction);

    /// <summary>The hardware moves, as far as it has frames or room.</summary>
    public void Advance(int frames)
    {
        lock (_lock)
        {
            long to = direction == PcmDirection.Playback ? Math.Min(_moved + frames, _committed) : Math.Min(_moved + frames, _committed + _bufferFrames);
            for (; _moved < to; _moved++)
            {
                Capture(_moved);
            }
        }

        Wake();
    }

    /// <summary>Sets what libasound says its state is.</summary>
    public void SetState(PcmState? state, PcmError failure)
    {
        _state = state;
        Failure = failure;
        Wake();
    }

    public override bool TryRefine(in AlsaSpace asked, out AlsaSpace left) => real.TryRefine(asked, out left);

    public override PcmError SetHwParams(PcmHwParams hwParams)
    {
        _bufferFrames = hwParams.BufferFrames;
        return real.SetHwParams(hwParams);
    }

    public override PcmError SetSwParams(int wakeFrames, bool stopsOnXRun) => real.SetSwParams(wakeFrames, stopsOnXRun);

    public override PcmError HwFree() => real.HwFree();

    public override PcmError Prepare()
    {
        (_moved, _committed, _draining) = (0, 0, false);
        return real.Prepare();
    }

    public override PcmError Start() => real.Start();

    public override PcmError Drop() => real.State == PcmState.Setup ? PcmError.None : real.Drop();

    public override PcmError Drain()
    {
        _draining = true;
        return PcmError.Again; // as hardware: it goes on, and the state tells when it is over
    }

    public override PcmError Pause(bool enable) => real.Pause(enable);

    public override PcmError Resume() => ResumeAnswers.TryDequeue(out PcmError answer) ? answer : Resumed();

    public override long Avail()
    {
        real.Avail();
        lock (_lock)
        {
            return Failure != PcmError.None ? (long)Failure
                : direction == PcmDirection.Playback ? _bufferFrames - (_committed - _moved)
                : _moved - _committed;
        }
    }

    public override long Delay() => Latency + (direction == PcmDirection.Playback ? _committed - _moved : _moved - _committed);

    public override bool TryGetTimestamp(out long nanoseconds)
    {
        nanoseconds = 1_000;
        return true;
    }

    public override int Begin(ref int frames, out nint ring, out int offset)
    {
        int error = real.Begin(ref frames, out ring, out offset);
        _ring = ring;
        return error;
    }

    public override long Commit(int offset, int frames)
    {
        long taken = real.Commit(offset, frames);
        lock (_lock)
        {
            _committed += Math.Max(0, taken);
            Commits.Add((offset, frames));
        }

        return taken;
    }

    public override long Rewind(long frames) => (long)PcmError.NotImplemented;

    public override void Wait(TimeSpan timeout, bool untilReady)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        lock (_lock)
        {
            AllocatedBetweenWaits = allocated - _allocatedAtWait;
            Waits++;
            while (!_awake)
            {
                Monitor.Wait(_lock); // the test's hand turns this clock, not the time
            }

            _awake = false;
        }

        _allocatedAtWait = GC.GetAllocatedBytesForCurrentThread();
    }

    public override void Wake()
    {
        lock (_lock)
        {
            _awake = true;
            Monitor.PulseAll(_lock);
        }
    }

    public override void Log(string operation, long error) => real.Log(operation, error);

    public override void Dispose() => real.Dispose();

    /// <summary>Hardware that captures writes each frame's number into the area; S16 mono.</summary>
    private unsafe void Capture(long frame)
    {
        if (direction == PcmDirection.Capture)
        {
            // SAFETY: the area has _bufferFrames frames of two bytes while the stream runs.
            ((short*)_ring)[frame % _bufferFrames] = (short)frame;
        }
    }

    private PcmError Resumed()
    {
        SetState(null, PcmError.None);
        return PcmError.None;
    }
}
