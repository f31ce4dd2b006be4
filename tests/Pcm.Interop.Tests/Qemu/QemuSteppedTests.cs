using Pcm.Testing;
using static Pcm.Interop.Tests.Qemu.StreamExtensions;

namespace Pcm.Interop.Tests.Qemu;

/// <summary>QEMU behind a virtual clock: its device keeps that clock's time, and nothing else moves it.</summary>
public sealed class QemuSteppedTests
{
    private const int PeriodFrames = 480; // 10 ms
    private const int Periods = 4;

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1);

    public static TheoryData<QemuBus, bool> Machines => new() { { QemuBus.Pci, true }, { QemuBus.Pci, false }, { QemuBus.Mmio, false } };

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task Interrupts_OnAVirtualClock_ComeWhenTheyAreDue(QemuBus bus, bool messages)
    {
        await Peers.RequireQemuAsync();
        var clock = new VirtualClock();
        long[] times = clock.Run(() => PlayAsync(clock, new QemuOptions { Bus = bus, MessageInterrupts = messages }));
        for (int i = 0; i < times.Length; i++)
        {
            long due = (i + 1) * 10_000_000L;
            Assert.InRange(times[i], due, due + (2 * s_step.Ticks * 100)); // QEMU looks each millisecond, and so does the host
        }
    }

    [Theory]
    [InlineData(QemuBus.Pci)]
    [InlineData(QemuBus.Mmio)]
    public async Task Playback_OnAVirtualClock_IsBitExact(QemuBus bus)
    {
        await Peers.RequireQemuAsync();
        string wav = Path.Combine(Path.GetTempPath(), $"pcm-interop-{Guid.NewGuid():N}.wav");
        byte[] data = Noise(44_100 * 4);
        var clock = new VirtualClock();
        try
        {
            clock.Run(async () =>
            {
                await using VirtioSoundDriver driver = await ProbeAsync(clock, new QemuOptions { Bus = bus, WavPath = wav });
                await using PcmSubstream stream = (await driver.Card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
                await stream.ConfigureAsync(rate: 44_100, periodFrames: 441, stopsOnXRun: true);
                await stream.PlayAsync(data);
            });
            Assert.InRange(clock.Elapsed.TotalSeconds, 1.0, 1.05);
            Assert.Equal(data, (await File.ReadAllBytesAsync(wav))[44..]);
        }
        finally
        {
            File.Delete(wav);
        }
    }

    [Fact]
    public async Task RealTime_ThatPasses_DoesNotMoveQemu()
    {
        await Peers.RequireQemuAsync();
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            await using VirtioSoundDriver driver = await ProbeAsync(clock, new QemuOptions());
            await using PcmSubstream stream = (await driver.Card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
            await stream.ConfigureAsync(periodFrames: 48, periods: 60, stopsOnXRun: true);
            stream.Write(new byte[48 * 60 * 4], out _);
            await clock.WaitUntilAsync(20_000_000);
            Assert.Equal(PcmError.None, stream.HwSync());
            long before = stream.Runtime!.HardwarePosition;

            using var never = new ManualResetEventSlim();
            never.Wait(TimeSpan.FromMilliseconds(300)); // real ones
            await clock.WaitUntilAsync(clock.NowNs + 5_000_000);

            Assert.Equal(PcmError.None, stream.HwSync());
            Assert.InRange(stream.Runtime!.HardwarePosition - before, 4 * 48, 6 * 48);
            await stream.DropAsync();
        });
    }

    [Theory]
    [InlineData(QemuBus.Pci)]
    [InlineData(QemuBus.Mmio)]
    public async Task Kill_OnAVirtualClock_EndsCallsWithNoDevice_AndLeaksNothing(QemuBus bus)
    {
        await Peers.RequireQemuAsync();
        var clock = new VirtualClock();
        DmaAllocator? memory = null;
        clock.Run(async () =>
        {
            QemuDevice qemu = VirtualClock.StandStill(() => QemuDevice.StartAsync(new QemuOptions { Bus = bus, Clock = QemuClock.Stepped }, clock).AsTask());
            memory = qemu.Transport.Dma;
            await using VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(qemu.Transport, "qemu", new PcmServices(clock, clock.Scheduler));
            await using PcmSubstream stream = (await driver.Card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
            await stream.ConfigureAsync(stopsOnXRun: true);
            await stream.WriteAsync(new byte[PeriodFrames * 4 * 8]);
            qemu.Kill();
            Assert.Equal(PcmError.NoDevice, await stream.DrainAsync());
            Assert.Equal(PcmState.Disconnected, stream.State);
        });
        Assert.Equal((0L, 0L), (memory!.LiveBytes, memory.QuarantinedBytes));
    }

    /// <returns>When each of the first interrupts came, since the start.</returns>
    private static async Task<long[]> PlayAsync(VirtualClock clock, QemuOptions options)
    {
        await using VirtioSoundDriver driver = await ProbeAsync(clock, options);
        await using PcmSubstream stream = (await driver.Card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
        await stream.ConfigureAsync(periodFrames: PeriodFrames, periods: Periods, stopsOnXRun: true);
        byte[] ring = new byte[PeriodFrames * Periods * 4];
        Assert.Equal(PcmError.None, stream.Write(ring, out _));
        long start = clock.NowNs;
        long[] times = new long[30];
        for (int i = 0; i < times.Length; i++)
        {
            Assert.Equal(PcmError.None, await stream.WaitAsync(TimeSpan.FromSeconds(1)));
            times[i] = clock.NowNs - start;
            Assert.Equal(PcmError.None, stream.Write(ring, out _));
        }

        await stream.DropAsync();
        return times;
    }

    private static ValueTask<VirtioSoundDriver> ProbeAsync(VirtualClock clock, QemuOptions options)
    {
        #region stepped
        QemuDevice qemu = VirtualClock.StandStill(() => QemuDevice.StartAsync(options with { Clock = QemuClock.Stepped }, clock).AsTask());
        return VirtioSoundDriver.ProbeAsync(qemu.Transport, "qemu", new PcmServices(clock, clock.Scheduler), QemuRig.WideLimits);
        #endregion
    }
}
