using Pcm.Testing;

namespace Pcm.Virtio.Tests;

/// <summary>
/// Hardware on the virtual clock, exact to the frame: plays into <see cref="Played"/>, or captures <see cref="Pattern"/>. Stricter than real
/// hardware: what was played is poisoned, so a frame that is played twice without having been written twice is seen. Faults are knobs.
/// </summary>
internal sealed class ClockedOps(PcmDirection direction, VirtualClock clock) : PcmOps
{
    private PcmRuntime? _runtime;
    private PcmServices? _services;
    private ITimer? _timer;
    private long _startNs;
    private long _base; // frames at the last start or pause
    private long _done; // frames played or captured since prepare
    private bool _running;

    public static PcmHardware DefaultHardware { get; } = new()
    {
        Info = PcmInfo.Interleaved | PcmInfo.BlockTransfer | PcmInfo.Pause,
        Formats = [PcmFormat.U8, PcmFormat.S16LE, PcmFormat.S24In3LE, PcmFormat.S32LE, PcmFormat.Float32LE],
        Rates = PcmRates.Hz8000 | PcmRates.Hz44100 | PcmRates.Hz48000,
        RateMin = 8000,
        RateMax = 48000,
        ChannelsMin = 1,
        ChannelsMax = 8,
        BufferBytesMax = 256 * 1024,
        PeriodBytesMin = 16,
        PeriodBytesMax = 128 * 1024,
        PeriodsMin = 1,
        PeriodsMax = 1024,
    };

    public PcmHardware Capabilities { get; set; } = DefaultHardware;

    public override PcmHardware Hardware => Capabilities;

    /// <summary>What came out, byte by byte; silence of an underrun is not in it.</summary>
    public List<byte> Played { get; } = [];

    public bool Records { get; set; } = true;

    /// <summary>What goes in, by the number of the byte since the beginning of time.</summary>
    public Func<long, byte> Pattern { get; set; } = static n => (byte)(n * 7);

    public long CapturedBytes { get; private set; }

    /// <summary>Frames played for which there was no data.</summary>
    public long UnderrunFrames { get; private set; }

    public long PlayedFrames { get; private set; }

    public List<string> Log { get; } = [];

    /// <summary>How long each verb takes.</summary>
    public TimeSpan VerbDelay { get; set; }

    public PcmError PrepareResult { get; set; }

    public PcmError StartResult { get; set; }

    public PcmError HwParamsResult { get; set; }

    public bool StartsDry { get; set; }

    public int DelayFrames { get; set; }

    public PcmRuntime Runtime => _runtime ?? throw new InvalidOperationException("Closed.");

    public bool IsOpen => _runtime is not null;

    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        Assert.Null(_runtime);
        _runtime = runtime;
        _services = runtime.Services;
        return FinishAsync("open", PcmError.None);
    }

    public override ValueTask<PcmError> CloseAsync()
    {
        Assert.NotNull(_runtime);
        Assert.False(_running);
        _timer?.Dispose();
        _timer = null;
        _runtime = null;
        return FinishAsync("close", PcmError.None);
    }

    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        Assert.False(_running);
        return FinishAsync($"hw_params {hwParams.Format} {hwParams.Channels} {hwParams.Rate} {hwParams.PeriodFrames} {hwParams.BufferFrames}", HwParamsResult);
    }

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        Assert.False(_running);
        _base = 0;
        _done = 0;
        Runtime.DelayFrames = DelayFrames;
        return FinishAsync("prepare", PrepareResult);
    }

    public override async ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        PcmError error = await FinishAsync(command.ToString(), command == PcmCommand.Start ? StartResult : PcmError.None);
        if (error != PcmError.None)
        {
            return error;
        }

        switch (command)
        {
            case PcmCommand.Start or PcmCommand.PauseRelease:
                Assert.False(_running);
                _startNs = clock.NowNs;
                _running = true;
                ArmTimer();
                if (StartsDry)
                {
                    Runtime.SignalXRun();
                }

                return PcmError.None;
            case PcmCommand.Stop or PcmCommand.PausePush or PcmCommand.Suspend:
                MoveOn();
                _base = _done;
                _running = false;
                return PcmError.None;
            default:
                return PcmError.InvalidArgument;
        }
    }

    public override PcmPosition GetPointer()
    {
        MoveOn();
        return new PcmPosition(_done % Runtime.BufferFrames);
    }

    /// <summary>The hardware loses its place, whatever is queued.</summary>
    public void FailNow() => Runtime.SignalXRun();

    private async ValueTask<PcmError> FinishAsync(string what, PcmError result)
    {
        Log.Add(what);
        if (VerbDelay > TimeSpan.Zero)
        {
            var delay = new PcmEvent(_services!);
            delay.Arm();
            await delay.WaitAsync(VerbDelay);
        }

        return result;
    }

    private void ArmTimer()
    {
        _timer ??= clock.CreateTimer(static ops => ((ClockedOps)ops!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        long next = ((_done / Runtime.PeriodFrames) + 1) * Runtime.PeriodFrames;
        long dueNs = _startNs + CeilDiv((next - _base) * 1_000_000_000, Runtime.Rate);
        _timer.Change(TimeSpan.FromTicks(CeilDiv(Math.Max(0, dueNs - clock.NowNs), 100)), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        if (_running)
        {
            MoveOn();
            ArmTimer();
            Runtime.PeriodElapsed();
        }
    }

    private void MoveOn()
    {
        if (!_running)
        {
            return;
        }

        long now = _base + ((clock.NowNs - _startNs) * Runtime.Rate / 1_000_000_000);
        for (; _done < now; _done++)
        {
            Span<byte> frame = Runtime.Buffer!.Span.Slice((int)(_done % Runtime.BufferFrames) * Runtime.FrameBits / 8, Runtime.FrameBits / 8);
            if (direction == PcmDirection.Capture)
            {
                foreach (ref byte b in frame)
                {
                    b = Pattern(CapturedBytes++);
                }
            }
            else if (_done < Runtime.ApplicationPosition)
            {
                PlayedFrames++;
                if (Records)
                {
                    Played.AddRange(frame);
                }

                frame.Fill(0xDD);
            }
            else
            {
                UnderrunFrames++;
            }
        }
    }

    private static long CeilDiv(long a, long b) => (a + b - 1) / b;
}
