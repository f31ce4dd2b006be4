namespace Pcm.Testing.Tests.Broken;

internal sealed class InterruptUnderLock(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override void Interrupt()
    {
        lock (Lock)
        {
            base.Interrupt();
        }
    }
}

internal sealed class InterruptAllocates(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private byte[] _report = [];

    protected override void Interrupt()
    {
        _report = new byte[32 + (_report.Length % 2)];
        base.Interrupt();
    }
}

internal sealed class InterruptTwice(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override void Interrupt()
    {
        base.Interrupt();
        base.Interrupt();
    }
}

internal sealed class InterruptLost(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private int _count;

    protected override void Interrupt()
    {
        if (++_count % 2 == 1)
        {
            base.Interrupt();
        }
    }
}

internal sealed class InterruptStopsComing(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private int _count;

    protected override void Interrupt()
    {
        if (++_count <= 8)
        {
            base.Interrupt();
        }
    }
}

internal sealed class InterruptEarly(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private ITimer? _early;

    protected override void Start()
    {
        base.Start();
        TimeSpan soon = TimeSpan.FromSeconds(0.45 * PeriodFrames / Rate);
        _early?.Dispose();
        _early = Runtime!.Time.CreateTimer(static o => ((InterruptEarly)o!).Interrupt(), this, soon, Timeout.InfiniteTimeSpan);
    }

    protected override ValueTask RestAsync()
    {
        _early?.Dispose();
        return base.RestAsync();
    }
}

internal sealed class InterruptBeforePosition(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private long _shown;

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        _shown = 0;
        return base.PrepareAsync(cancellationToken);
    }

    public override PcmPosition GetPointer()
    {
        base.GetPointer();
        return new PcmPosition(_shown % Runtime!.BufferFrames);
    }

    protected override void Interrupt()
    {
        base.Interrupt();
        base.Interrupt(); // the second of two waits for the position that it should have had
        _shown = Played;
    }
}

internal sealed class InterruptAfterStop(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override void Stop()
    {
        base.Stop();
        Runtime!.Time.CreateTimer(static o => ((PcmRuntime)o!).PeriodElapsed(), Runtime, TimeSpan.FromMilliseconds(3), Timeout.InfiniteTimeSpan);
    }
}

internal sealed class InterruptAfterClose(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> CloseAsync()
    {
        Runtime!.Time.CreateTimer(static o => ((PcmRuntime)o!).PeriodElapsed(), Runtime, TimeSpan.FromMilliseconds(3), Timeout.InfiniteTimeSpan);
        return base.CloseAsync();
    }
}

internal sealed class XRunOutOfNothing(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private int _count;

    protected override void Interrupt()
    {
        base.Interrupt();
        if (++_count == 20)
        {
            Runtime!.SignalXRun();
        }
    }
}

internal sealed class XRunWhileFree(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override void Interrupt()
    {
        base.Interrupt();
        if (Runtime!.IsFreeRunning && Played > Runtime.BufferFrames)
        {
            Runtime.SignalXRun();
        }
    }
}
