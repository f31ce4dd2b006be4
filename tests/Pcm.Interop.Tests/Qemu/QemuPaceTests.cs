using static Pcm.Interop.Tests.Qemu.StreamExtensions;

namespace Pcm.Interop.Tests.Qemu;

/// <summary>
/// How long things take, with QEMU on the wall's clock and on its free one. On a machine with other work they take longer, and a ring may run dry; what
/// that work took is measured (<see cref="StallWatcher"/>, <see cref="ProcessorTime"/>), and nothing else is allowed for.
/// </summary>
public sealed class QemuPaceTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task Play_TenSecondsOnTheWallsClock_TakesTenSeconds_AndEachXRunIsTheMachines()
    {
        const int periods = 4, frames = 480_000;
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { Clock = QemuClock.Wall }, record: false);
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync(periods: periods, stopsOnXRun: true);
        using var watcher = new StallWatcher(rig.Device.ProcessId);
        long start = TimeProvider.System.GetTimestamp();
        List<long> xruns = await PlayThroughXRunsAsync(stream, Noise(frames * 4));
        TimeSpan taken = TimeProvider.System.GetElapsedTime(start);
        watcher.Stop();
        output.WriteLine($"{taken.TotalSeconds:f3} s, {xruns.Count} xruns, {watcher.Total.TotalMilliseconds:f1} ms withheld");

        // Within a ring's time of each (and the test's own way to notice it): more than the one period that a ring in good order has to spare.
        Assert.All(xruns, at => Assert.True(
            watcher.Near(at, (periods + 2) * s_period) > s_period,
            $"An xrun after {TimeProvider.System.GetElapsedTime(start, at)}, although the machine withheld no more than {watcher.Near(at, (periods + 2) * s_period)}."));

        // What an xrun drops is not played, and its ring is filled anew.
        TimeSpan ring = periods * s_period;
        Assert.InRange(taken, TimeSpan.FromSeconds(10) - (2 * s_period) - (xruns.Count * ring), TimeSpan.FromSeconds(10) + (2 * s_period) + (xruns.Count * ring) + watcher.Total);
        await stream.CloseAsync();
    }

    [Fact]
    public async Task Play_SixtySecondsOnTheFreeClock_IsExactAndTakesLessThanThree()
    {
        byte[] data = Noise(60 * 48_000 * 4);
        await using QemuRig rig = await QemuRig.StartAsync();
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync(periods: 16);
        TimeSpan others = ProcessorTime.OfOthers(rig.Device.ProcessId);
        long start = TimeProvider.System.GetTimestamp();
        await stream.PlayAsync(data);
        TimeSpan taken = TimeProvider.System.GetElapsedTime(start);
        others = ProcessorTime.OfOthers(rig.Device.ProcessId) - others;
        output.WriteLine($"{taken.TotalSeconds:f3} s, {others.TotalMilliseconds:f0} ms of processors for others");
        await stream.CloseAsync();
        byte[] played = await rig.CloseAsync();
        Assert.True(data.AsSpan().SequenceEqual(played));
        Assert.InRange(taken, TimeSpan.Zero, TimeSpan.FromSeconds(3) + others);

        // One notification for a period at most: 6000 periods, and the few of the control queue are not counted here.
        Assert.InRange(rig.Driver.Kicks[2], 1, 6000);
    }

    /// <summary>As an application does that wants to go on: after an xrun it prepares, and writes what follows.</summary>
    /// <returns>When there was an xrun.</returns>
    private static async Task<List<long>> PlayThroughXRunsAsync(PcmSubstream stream, byte[] data)
    {
        var xruns = new List<long>();
        int frames = data.Length / 4, written = 0;
        while (written < frames || stream.State != PcmState.Setup)
        {
            PcmError error = written < frames ? await WriteRestAsync() : await stream.DrainAsync();
            if (error == PcmError.XRun)
            {
                xruns.Add(TimeProvider.System.GetTimestamp());
                error = await stream.PrepareAsync();
            }

            Assert.Equal(PcmError.None, error);
        }

        return xruns;

        async ValueTask<PcmError> WriteRestAsync()
        {
            PcmTransfer transfer = await stream.WriteAsync(data.AsMemory(written * 4));
            written += transfer.Frames;
            return transfer.Frames > 0 ? PcmError.None : transfer.Error; // an error with frames comes again with the next call
        }
    }
}
