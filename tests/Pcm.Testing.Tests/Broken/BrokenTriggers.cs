namespace Pcm.Testing.Tests.Broken;

internal sealed class StopIgnored(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override void Stop()
    {
    }

    protected override ValueTask RestAsync() => default; // STOP has disarmed the timer, the author thought
}

internal sealed class StopFails(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override async ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        PcmError error = await base.TriggerAsync(command, cancellationToken);
        return command == PcmCommand.Stop ? PcmError.IO : error;
    }
}

internal sealed class StopNeedsStart(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _wasStarted;

    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        if (command == PcmCommand.Stop && !_wasStarted)
        {
            return new ValueTask<PcmError>(PcmError.BadState);
        }

        _wasStarted = command != PcmCommand.Stop;
        return base.TriggerAsync(command, cancellationToken);
    }
}

internal sealed class SyncStopFails(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        await base.SyncStopAsync(cancellationToken);
        return PcmError.IO;
    }
}

internal sealed class SyncStopHangs(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken) => new(new TaskCompletionSource<PcmError>().Task);
}

internal sealed class UnknownCommandDone(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken) =>
        Enum.IsDefined(command) ? base.TriggerAsync(command, cancellationToken) : default;
}

internal sealed class DrainDone(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken) =>
        command == PcmCommand.Drain ? default : base.TriggerAsync(command, cancellationToken);
}

internal sealed class RingTouchedAtRest(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    protected override void Stop()
    {
        base.Stop();
        Runtime!.Time.CreateTimer(
            static o => ((PcmRuntime)o!).Buffer?.Span[..8].Clear(), Runtime, TimeSpan.FromMilliseconds(25), Timeout.InfiniteTimeSpan); // the DMA that was under way
    }
}

internal sealed class StopWedges(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _isWedged;

    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        _isWedged |= command == PcmCommand.Stop && !IsRunning;
        return command == PcmCommand.Start && _isWedged ? new ValueTask<PcmError>(PcmError.IO) : base.TriggerAsync(command, cancellationToken);
    }
}

internal sealed class PauseIgnored(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken) =>
        command == PcmCommand.PausePush ? default : base.TriggerAsync(command, cancellationToken);
}

internal sealed class PauseForgets(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _isReleased;

    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        _isReleased = command == PcmCommand.PauseRelease;
        return base.TriggerAsync(command, cancellationToken);
    }

    protected override void Arm_NeedsLock()
    {
        if (!_isReleased)
        {
            base.Arm_NeedsLock();
        }
    }
}

internal sealed class SuspendRefused(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override async ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        PcmError error = await base.TriggerAsync(command, cancellationToken);
        return command == PcmCommand.Suspend ? PcmError.InvalidArgument : error;
    }
}

internal sealed class ResumeForgets(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken) =>
        command == PcmCommand.Resume ? default : base.TriggerAsync(command, cancellationToken);
}
