namespace Pcm.Cli.Tests;

internal sealed class DeadOps : PcmOps
{
    private PcmServices? _services;
    private long _startedNs;

    public List<string> Calls { get; } = [];

    /// <summary>From START to STOP.</summary>
    public TimeSpan Lived { get; private set; }

    public override PcmHardware Hardware { get; } = new()
    {
        Info = PcmInfo.Interleaved,
        Formats = [PcmFormat.S16LE],
        Rates = PcmRates.Continuous,
        RateMin = 8000,
        RateMax = 8000,
        ChannelsMin = 1,
        ChannelsMax = 1,
        BufferBytesMax = 8192,
        PeriodBytesMin = 256,
        PeriodBytesMax = 4096,
        PeriodsMin = 2,
        PeriodsMax = 8,
    };

    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        _services = runtime.Services;
        return Called("open");
    }

    public override ValueTask<PcmError> CloseAsync() => Called("close");

    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) => Called("hw_params");

    public override ValueTask<PcmError> HwFreeAsync() => Called("hw_free");

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken) => Called("prepare");

    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        long nowNs = _services!.NowNs;
        _startedNs = command == PcmCommand.Start ? nowNs : _startedNs;
        Lived = TimeSpan.FromTicks((nowNs - _startedNs) / 100);
        return Called(command.ToString());
    }

    public override PcmPosition GetPointer() => new(0);

    private ValueTask<PcmError> Called(string name)
    {
        Calls.Add(name);
        return new ValueTask<PcmError>(PcmError.None);
    }
}
