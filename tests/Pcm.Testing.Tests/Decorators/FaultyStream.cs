using Pcm.Backends.Null;

namespace Pcm.Testing.Tests.Decorators;

/// <summary>A null card that goes wrong, its playback open, 10 ms periods, a ring of four.</summary>
internal sealed class FaultyStream
{
    public const int PeriodFrames = 480;

    private FaultyStream(VirtualClock clock, PcmSubstream stream, RecordingLog log)
    {
        Clock = clock;
        Stream = stream;
        Log = log;
    }

    public VirtualClock Clock { get; }

    public PcmSubstream Stream { get; }

    /// <summary>What reaches the faults; not what reaches the backend behind them.</summary>
    public RecordingLog Log { get; }

    public static void Run(string plan, Func<FaultyStream, Task> test)
    {
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            var log = new RecordingLog();
            var services = new PcmServices(clock, clock.Scheduler, decorators: [new RecordingDecorator(log)]);
            await using PcmCard card = new NullBackend("null").CreateCard(FaultDecorator.Disturb(services, PcmFaultPlan.Parse(plan)));
            PcmSubstream stream = (await card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
            await test(new FaultyStream(clock, stream, log));
        });
    }

    public ValueTask<PcmError> HwParamsAsync() => Stream.HwParamsAsync(new PcmHwParams
    {
        Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, PeriodFrames = PeriodFrames, Periods = 4,
    });

    /// <summary>Up to a running stream with a full ring.</summary>
    public async Task StartAsync()
    {
        Assert.Equal(PcmError.None, await HwParamsAsync());
        Assert.Equal(PcmError.None, await Stream.PrepareAsync());
        Assert.Equal(PcmError.None, Stream.Write(new byte[4 * PeriodFrames * 4], out int written));
        Assert.Equal((4 * PeriodFrames, PcmState.Running), (written, Stream.State));
    }

    public Task WaitAsync(double periods) => PcmDelay.ForAsync(Clock, TimeSpan.FromMilliseconds(10 * periods));

    public long Position()
    {
        Stream.HwSync();
        return Stream.Runtime!.HardwarePosition;
    }

    public int Interrupts => Log.Calls.Count(static c => c.Op == "period_elapsed");
}
