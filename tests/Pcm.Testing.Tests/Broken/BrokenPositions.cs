namespace Pcm.Testing.Tests.Broken;

internal sealed class PointerAtRingEnd(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmPosition GetPointer()
    {
        PcmPosition position = base.GetPointer();
        return position.Frame == 0 && Played > 0 ? new PcmPosition(Runtime!.BufferFrames) : position;
    }
}

internal sealed class PointerGoesBack(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private int _looks;

    public override PcmPosition GetPointer()
    {
        PcmPosition position = base.GetPointer();
        return ++_looks % 5 == 0 && position.Frame >= 3 ? new PcmPosition(position.Frame - 3) : position;
    }
}

internal sealed class PointerRunsAhead(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmPosition GetPointer()
    {
        PcmPosition position = base.GetPointer();
        return Played > 2L * PeriodFrames ? new PcmPosition((position.Frame + (2 * PeriodFrames)) % Runtime!.BufferFrames) : position;
    }
}

internal sealed class PointerKeepsOnPrepare(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private long _before;

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        _before += Played;
        return base.PrepareAsync(cancellationToken);
    }

    public override PcmPosition GetPointer() => new((base.GetPointer().Frame + _before) % Runtime!.BufferFrames);
}

internal sealed class PointerInWholePeriods(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmPosition GetPointer()
    {
        PcmPosition position = base.GetPointer();
        return new PcmPosition(position.Frame - (position.Frame % PeriodFrames));
    }
}

internal sealed class PointerThrows(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmPosition GetPointer() =>
        Played < PeriodFrames ? throw new InvalidOperationException("The hardware has not reported yet.") : base.GetPointer();
}

internal sealed class PointerAllocates(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private object? _last;

    public override PcmPosition GetPointer()
    {
        PcmPosition position = base.GetPointer();
        _last = position; // boxed
        return _last is PcmPosition same ? same : position;
    }
}

internal sealed class PointerBlocks(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _isWaiting;

    public override PcmPosition GetPointer()
    {
        if (!_isWaiting)
        {
            _isWaiting = true; // the interrupts of the time that passes look at the position too
            using var never = new ManualResetEventSlim();
            Runtime!.Scheduler.Block(never, TimeSpan.FromMilliseconds(0.5), CancellationToken.None);
            _isWaiting = false;
        }

        return base.GetPointer();
    }
}

internal sealed class PointerSignals(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _isSignalling;

    public override PcmPosition GetPointer()
    {
        if (!_isSignalling)
        {
            _isSignalling = true; // the core's lock lets the same thread in again, and it would go on for ever
            Runtime!.PeriodElapsed();
            _isSignalling = false;
        }

        return base.GetPointer();
    }
}

internal sealed class ClockTooSlow(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override long ClockNs => NowNs - (NowNs / 50);
}

internal sealed class WrapsLate(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmPosition GetPointer()
    {
        base.GetPointer();
        long ring = Runtime!.BufferFrames;
        return new PcmPosition(Math.Min(Played % (ring + PeriodFrames), ring - 1));
    }
}

internal sealed class XRunHidden(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private readonly bool _isPlayback = direction == PcmDirection.Playback;

    protected override long FramesNow_NeedsLock()
    {
        long limit = Runtime!.ApplicationPosition + (_isPlayback ? 0 : Runtime.BufferFrames - 1);
        return Math.Min(base.FramesNow_NeedsLock(), Math.Max(Played, limit - (_isPlayback ? 1 : 0)));
    }
}

internal sealed class DrainStarves(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private readonly bool _isPlayback = direction == PcmDirection.Playback;

    protected override long FramesNow_NeedsLock()
    {
        long now = base.FramesNow_NeedsLock(), written = Runtime!.ApplicationPosition;
        return _isPlayback && Runtime.IsDraining ? Math.Min(now, Math.Max(Played, written - (written % PeriodFrames))) : now;
    }
}

internal sealed class DelayGarbage(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmPosition GetPointer()
    {
        Runtime!.DelayFrames = int.MaxValue;
        return base.GetPointer();
    }
}

internal sealed class NoWakeupsNoTime(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override long FramesNow_NeedsLock() => Runtime!.NoPeriodWakeup ? Played : base.FramesNow_NeedsLock();
}

internal sealed class SubstreamsShare(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    // One clock for all, as a driver with a static variable has.
    public override PcmPosition GetPointer()
    {
        base.GetPointer();
        return new PcmPosition(NowNs * Rate / 1_000_000_000 % Runtime!.BufferFrames);
    }
}

internal sealed class TimerThrows(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override void Interrupt()
    {
        base.Interrupt();
        if (Played >= 3L * PeriodFrames)
        {
            throw new IOException("The device is gone.");
        }
    }
}
