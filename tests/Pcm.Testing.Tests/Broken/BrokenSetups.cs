namespace Pcm.Testing.Tests.Broken;

internal sealed class ParametersOfRuntime(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        base.HwParamsAsync(hwParams, cancellationToken);
        if (Runtime!.PeriodFrames > 0)
        {
            PeriodFrames = Runtime.PeriodFrames; // of the hw_params before
        }

        return default;
    }
}

internal sealed class ParametersOnce(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _isConfigured;

    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        if (_isConfigured)
        {
            return new ValueTask<PcmError>(PcmError.Busy);
        }

        _isConfigured = true;
        return base.HwParamsAsync(hwParams, cancellationToken);
    }

    public override ValueTask<PcmError> HwFreeAsync()
    {
        _isConfigured = false;
        return default;
    }
}

internal sealed class ParametersChanged(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        hwParams.FifoFrames = 17;
        return base.HwParamsAsync(hwParams, cancellationToken);
    }
}

internal sealed class FreeTwiceFails(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _isConfigured;

    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        _isConfigured = true;
        return base.HwParamsAsync(hwParams, cancellationToken);
    }

    public override ValueTask<PcmError> HwFreeAsync()
    {
        bool wasConfigured = _isConfigured;
        _isConfigured = false;
        return new ValueTask<PcmError>(wasConfigured ? PcmError.None : PcmError.InvalidArgument);
    }
}

internal sealed class PrepareOnce(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _isPrepared;

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        bool twice = _isPrepared;
        _isPrepared = true;
        return twice ? new ValueTask<PcmError>(PcmError.Busy) : base.PrepareAsync(cancellationToken);
    }

    protected override void Start()
    {
        _isPrepared = false;
        base.Start();
    }
}

internal sealed class PrepareThrows(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private int _count;

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken) =>
        ++_count == 2 ? throw new IOException("The device does not answer.") : base.PrepareAsync(cancellationToken);
}

internal sealed class PreparePositive(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override async ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        await base.PrepareAsync(cancellationToken);
        return (PcmError)1;
    }
}

internal sealed class ResetStops(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken)
    {
        Stop();
        return base.ResetAsync(cancellationToken);
    }
}

internal sealed class BufferTooSmall(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmBuffer AllocateBuffer(int bytes) => base.AllocateBuffer(bytes / 2);
}

internal sealed class OpenOnce(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _wasOpen;

    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        bool again = _wasOpen;
        _wasOpen = true;
        return again ? new ValueTask<PcmError>(PcmError.IO) : base.OpenAsync(runtime, cancellationToken);
    }
}

internal sealed class CloseFails(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override async ValueTask<PcmError> CloseAsync()
    {
        await base.CloseAsync();
        return PcmError.IO;
    }
}

internal sealed class CloseForgets(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _isConfigured;

    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        bool stuck = _isConfigured;
        _isConfigured = true;
        return stuck ? new ValueTask<PcmError>(PcmError.NoMemory) : base.HwParamsAsync(hwParams, cancellationToken);
    }

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        _isConfigured = false; // only prepare gives the memory on
        return base.PrepareAsync(cancellationToken);
    }
}

internal sealed class FormatsPromised(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) =>
        hwParams.Format == PcmFormat.S32LE ? new ValueTask<PcmError>(PcmError.InvalidArgument) : base.HwParamsAsync(hwParams, cancellationToken);
}

internal sealed class RatesPromised(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) =>
        hwParams.Rate > 48000 ? new ValueTask<PcmError>(PcmError.InvalidArgument) : base.HwParamsAsync(hwParams, cancellationToken);
}

internal sealed class ChannelsPromised(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) =>
        hwParams.Channels > 2 ? new ValueTask<PcmError>(PcmError.InvalidArgument) : base.HwParamsAsync(hwParams, cancellationToken);
}

internal sealed class HardwareContradicts(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override PcmHardware Hardware { get; } = new ReferenceOps(PcmDirection.Playback, []).Hardware with { PeriodsMin = 100 };
}

internal sealed class HardwareChanges(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _isOpen;

    public override PcmHardware Hardware => _isOpen ? base.Hardware with { RateMax = 48000 } : base.Hardware;

    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        _isOpen = true;
        return base.OpenAsync(runtime, cancellationToken);
    }
}

internal sealed class ConstraintsContradict(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override async ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        await base.OpenAsync(runtime, cancellationToken);
        return runtime.Constraints.AddRule(new PcmRule(static p => p.GetInterval(PcmHwParameter.Channels).Min <= 1 ? (int)PcmError.InvalidArgument : 0)
        {
            Variable = PcmHwParameter.Channels,
            Dependencies = [PcmHwParameter.Channels],
        });
    }
}

internal sealed class CancelSticks(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    private bool _isBusy;

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        if (_isBusy)
        {
            return new ValueTask<PcmError>(PcmError.Busy);
        }

        _isBusy = true;
        cancellationToken.ThrowIfCancellationRequested();
        _isBusy = false;
        return base.PrepareAsync(cancellationToken);
    }
}

internal sealed class DisposeThrows(PcmDirection direction, byte[] audio) : ReferenceOps(direction, audio)
{
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        throw new InvalidOperationException("The handle is closed already.");
    }
}
