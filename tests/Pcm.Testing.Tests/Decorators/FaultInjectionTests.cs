using Microsoft.Extensions.DependencyInjection;

namespace Pcm.Testing.Tests.Decorators;

public sealed class FaultInjectionTests
{
    [Fact]
    public void Errno_AtTheSecondCall_ComesThenAndOnlyThen() => FaultyStream.Run("prepare:EIO@2", static async faulty =>
    {
        Assert.Equal(PcmError.None, await faulty.HwParamsAsync());
        Assert.Equal(PcmError.None, await faulty.Stream.PrepareAsync());
        Assert.Equal(PcmError.IO, await faulty.Stream.PrepareAsync());
        Assert.Equal(PcmError.None, await faulty.Stream.PrepareAsync());
    });

    [Fact]
    public void Errno_FromTheFirstCallOn_StaysForEver() => FaultyStream.Run("hw_params:ENOMEM*", static async faulty =>
    {
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(PcmError.NoMemory, await faulty.HwParamsAsync());
        }
    });

    [Fact]
    public void Errno_OfStart_LeavesTheStreamPrepared() => FaultyStream.Run("start:EIO", static async faulty =>
    {
        await faulty.HwParamsAsync();
        await faulty.Stream.PrepareAsync();
        Assert.Equal(PcmError.None, faulty.Stream.SetSwParams(faulty.Stream.GetSwParams() with { StartThreshold = long.MaxValue }));
        faulty.Stream.Write(new byte[400], out _);
        Assert.Equal(PcmError.IO, await faulty.Stream.StartAsync());
        Assert.Equal(PcmState.Prepared, faulty.Stream.State);
        Assert.Equal(PcmError.None, await faulty.Stream.StartAsync());
    });

    [Fact]
    public async Task Errno_OfHwFree_ReplacesTheAnswerButReachesTheBackend()
    {
        ScriptedOps backend = new ScriptedOps().Expect("hw_free");
        await using var faulty = new FaultInjectingOps(backend, PcmFaultPlan.Parse("hw_free:EIO+prepare:EIO"));
        Assert.Equal(PcmError.IO, await faulty.HwFreeAsync());
        Assert.True(backend.IsDone);
        Assert.Equal(PcmError.IO, await faulty.PrepareAsync(CancellationToken.None)); // this one does not
        Assert.Null(backend.Deviation);
        Assert.Equal((1, 1, 0), (faulty.Calls("hw_free"), faulty.Calls("prepare"), faulty.Calls("reset")));
    }

    [Fact]
    public void Errno_OfAck_IsTheTransfers() => FaultyStream.Run("ack:EIO@2", static async faulty =>
    {
        await faulty.StartAsync();
        await faulty.WaitAsync(1.5);
        Assert.Equal(PcmError.IO, faulty.Stream.Write(new byte[40], out int written));
        Assert.Equal(0, written);
        Assert.Equal(PcmError.None, faulty.Stream.Write(new byte[40], out written));
    });

    [Fact]
    public void Delay_TakesThatLong() => FaultyStream.Run("prepare:delay=20ms", static async faulty =>
    {
        await faulty.HwParamsAsync();
        await faulty.Stream.PrepareAsync();
        Assert.Equal(TimeSpan.FromMilliseconds(20), faulty.Clock.Elapsed);
    });

    [Fact]
    public void Pointer_Stuck_DoesNotMove() => FaultyStream.Run("pointer:stuck@2*", static async faulty =>
    {
        await faulty.StartAsync();
        long first = faulty.Position();
        await faulty.WaitAsync(0.9);
        Assert.Equal(first, faulty.Position());
    });

    [Fact]
    public void Pointer_Offset_IsThatFarOff() => FaultyStream.Run("pointer:offset=100@1", static async faulty =>
    {
        await faulty.StartAsync();
        await faulty.WaitAsync(0.5);
        Assert.Equal(240 + 100, faulty.Position());
    });

    [Fact]
    public void Pointer_XRun_StopsTheStream() => FaultyStream.Run("pointer:xrun@2", static async faulty =>
    {
        await faulty.StartAsync();
        faulty.Position();
        Assert.Equal(PcmError.XRun, faulty.Stream.HwSync());
        Assert.Equal(PcmState.XRun, faulty.Stream.State);
    });

    [Fact]
    public void Pointer_OutOfRange_CountsAsZero() => FaultyStream.Run("pointer:out@1", static async faulty =>
    {
        await faulty.StartAsync();
        await faulty.WaitAsync(0.5);
        Assert.Equal(0, faulty.Position());
    });

    [Fact]
    public void Period_Lost_DoesNotReachTheCore() => FaultyStream.Run("period:lost@2", static async faulty =>
    {
        await faulty.StartAsync();
        await faulty.WaitAsync(3.5);
        Assert.Equal(2, faulty.Log.Calls.Count(static c => c.Op == "pointer")); // one for each interrupt that arrived
    });

    [Fact]
    public void Period_Early_ComesHalfAPeriodTooSoon() => FaultyStream.Run("period:early@1", static async faulty =>
    {
        await faulty.StartAsync();
        await faulty.WaitAsync(1.8);
        Assert.Equal([10_000_000L, 15_000_000L], faulty.Log.Calls.Where(static c => c.Op == "period_elapsed").Select(static c => c.TimeNs));
    });

    [Fact]
    public void Period_XRun_StopsTheStream() => FaultyStream.Run("period:xrun@2", static async faulty =>
    {
        await faulty.StartAsync();
        await faulty.WaitAsync(1.5);
        Assert.Equal(PcmState.Running, faulty.Stream.State);
        await faulty.WaitAsync(1);
        Assert.Equal(PcmState.XRun, faulty.Stream.State);
    });

    [Fact]
    public void Period_Disconnect_IsTheEnd() => FaultyStream.Run("period:disconnect@1", static async faulty =>
    {
        await faulty.StartAsync();
        PcmTransfer blocked = await faulty.Stream.WriteAsync(new byte[4 * 4 * FaultyStream.PeriodFrames]);
        Assert.Equal(0, blocked.Frames);
        Assert.Equal((PcmState.Disconnected, PcmError.NoDevice), (faulty.Stream.State, await faulty.Stream.PrepareAsync()));
    });

    [Fact]
    public void Clock_Drift_MovesThePositionFaster() => FaultyStream.Run("clock:drift=500000", static async faulty =>
    {
        await faulty.StartAsync();
        await faulty.WaitAsync(0.5);
        Assert.Equal(360, faulty.Position()); // 240 frames of true time, half as much again
    });

    [Fact]
    public void Clock_Jump_MovesThePositionOnce() => FaultyStream.Run("clock:jump=5ms@1", static async faulty =>
    {
        await faulty.StartAsync();
        await faulty.WaitAsync(1.1);
        Assert.Equal(480 + 48 + 240, faulty.Position());
    });

    [Fact]
    public void AddPcmFaults_ByDependencyInjection_DisturbsEveryCard()
    {
        var clock = new VirtualClock();
        var log = new RecordingLog();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock).AddSingleton(clock.Scheduler).AddPcmFaults("hw_params:ENOMEM@2+clock:drift=100").AddPcmRecording(log);
        services.AddPcm().AddNull("null");
        clock.Run(async () =>
        {
            await using ServiceProvider provider = services.BuildServiceProvider();
            PcmCard card = await provider.GetRequiredService<PcmCards>().GetCardAsync("null");
            await using PcmSubstream stream = (await card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
            Assert.Equal(PcmError.None, await stream.HwParamsAsync(new PcmHwParams()));
            Assert.Equal(PcmError.NoMemory, await stream.HwParamsAsync(new PcmHwParams()));
            Assert.IsType<SkewedTimeProvider>(card.Services.Time);
        });
        Assert.Equal(["open", "hw_params", "hw_params", "hw_free", "close"], log.Calls.Select(static c => c.Op));
        Assert.Equal((long)PcmError.NoMemory, log.Calls[2].Result);
    }

    [Fact]
    public void AddPcmFaults_WithoutAClockToDisturb_SaysSo() =>
        Assert.Throws<InvalidOperationException>(static () => new ServiceCollection().AddPcmFaults("clock:drift=1"));

    [Fact]
    public void Decorators_AreDisposedOnce_WithTheOpsInside()
    {
        var ops = new CountingOps();
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            var card = new PcmCard("c", "c", FaultDecorator.Disturb(new PcmServices(clock, clock.Scheduler), PcmFaultPlan.Parse("prepare:EIO")));
            card.AddDevice(new PcmDeviceDescription { Name = "d", Playback = [ops] });
            await card.DisposeAsync();
        });
        Assert.Equal(1, ops.Disposed);
    }

    private sealed class CountingOps : PcmOps
    {
        public int Disposed { get; private set; }

        public override PcmHardware Hardware => ManualOps.DefaultHardware;

        public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken) => default;

        public override PcmPosition GetPointer() => default;

        public override async ValueTask DisposeAsync()
        {
            Disposed++;
            await base.DisposeAsync();
        }
    }
}
