using System.Diagnostics;
using Pcm.Backends.Null;
using Pcm.Virtio;

namespace Pcm.Bench.EndToEnd;

/// <summary>
/// What a run of many streams came to. Stalls: writes that saw no progress for their time-out (EIO), and were tried again. What the machine was late by at
/// most, by the <see cref="Witness"/>; CPU in percent of one core; bytes of managed memory, both ends, beyond the rings; kicks to the device and interrupts
/// from it, NaN without one.
/// </summary>
internal sealed record StreamsResult(
    string Path, string Services, int Streams, double Seconds, long Periods, long XRuns, long Stalls, double MachineMs, double Cpu, long BytesPerStream, double KicksPerPeriod, double InterruptsPerPeriod)
{
    /// <summary>Microseconds of processor time for each period of each stream: other programs on the machine are not in it.</summary>
    public double CpuPerPeriod => Cpu * Seconds * 1e4 / Periods;
}

/// <summary>
/// Many streams at 10 ms periods at once on the real clock, each written by an asynchronous loop: on null cards, or through one virtio-snd device in this
/// process whose audio side is null cards. Counted from when all run.
/// </summary>
internal sealed class StreamsRun(string name, PcmServices services, int count, bool virtio, int periods, Witness witness)
{
    private const int PeriodFrames = 480;
    private const int StreamsPerCard = 100;

    private readonly byte[] _period = new byte[PeriodFrames * Session.FrameBytes];
    private readonly List<PcmCard> _cards = [];
    private InProcessTransport? _transport;
    private VirtioSoundDriver? _driver;
    private long _xruns;
    private long _stalls;
    private long _periodsPlayed;
    private volatile bool _stop;

    public async Task<StreamsResult> MeasureAsync(double seconds)
    {
        // The run before this one may be on the stack below, and what was to time its waits out keeps it alive until that time has come.
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        long before = LiveBytes();
        List<PcmSubstream> substreams = virtio ? await ProbeAsync() : Substreams();
        var loops = new List<Task>(count);
        foreach (PcmSubstream substream in substreams)
        {
            await OpenAsync(substream);
            loops.Add(PlayAsync(substream));
        }

        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System); // until all are under way, and compiled for the last time
        await SettleAsync();
        Volatile.Write(ref _xruns, 0);
        Volatile.Write(ref _stalls, 0);
        witness.Restart();
        long played = Volatile.Read(ref _periodsPlayed);
        InProcessQueueMetrics metrics = Metrics();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long start = TimeProvider.System.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        double took = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        double cpuSeconds = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        played = Volatile.Read(ref _periodsPlayed) - played;
        double machineMs = witness.Worst();
        long xruns = Volatile.Read(ref _xruns);
        long stalls = Volatile.Read(ref _stalls);
        InProcessQueueMetrics after = Metrics();
        long ring = (long)PeriodFrames * periods * Session.FrameBytes; // of the null card, on the heap; the driver's is native memory
        long bytes = ((LiveBytes() - before) / count) - ring;
        _stop = true;
        await Task.WhenAll(loops);
        await CloseAsync(substreams);
        return new StreamsResult(virtio ? "virtio" : "null", name, count, took, played, xruns, stalls, machineMs, 100 * cpuSeconds / took, bytes,
            virtio ? (double)(after.Notifications - metrics.Notifications) / played : double.NaN,
            virtio ? (double)(after.Interrupts - metrics.Interrupts) / played : double.NaN);
    }

    /// <summary>
    /// Waits for a second without an xrun, at most 30 s. Opening a thousand streams is more work than holding them: some of those that run already run dry
    /// by it, and what they do to go on delays the others.
    /// </summary>
    private async Task SettleAsync()
    {
        long xruns = -1;
        for (int seconds = 0; seconds < 30 && xruns != Volatile.Read(ref _xruns); seconds++)
        {
            xruns = Volatile.Read(ref _xruns);
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }

    /// <summary>What is left of the heap when everything that can go has gone, finalizers included.</summary>
    private static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private InProcessQueueMetrics Metrics() => _transport?.GetMetrics(VirtioSoundQueues.Playback) ?? default;

    private List<PcmSubstream> Substreams()
    {
        var substreams = new List<PcmSubstream>(count);
        while (substreams.Count < count)
        {
            int here = Math.Min(StreamsPerCard, count - substreams.Count);
            PcmCard card = new NullBackend($"null{_cards.Count}", new NullOptions { SubstreamsPerDirection = here }).CreateCard(services);
            _cards.Add(card);
            substreams.AddRange(card.Devices[0].Playback);
        }

        return substreams;
    }

    private async Task<List<PcmSubstream>> ProbeAsync()
    {
        var streams = new List<VirtioSoundStreamOptions>(count);
        foreach (PcmSubstream audio in Substreams())
        {
            streams.Add(await VirtioSoundStreamOptions.DescribeAsync(audio));
        }

        var queueSize = (ushort)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(4 * periods * count, 64, 1 << 15)); // a message takes 4 without a table
        _transport = new InProcessTransport(
            new VirtioSoundDevice(new VirtioSoundDeviceOptions { Streams = streams }), services.Scheduler, new InProcessTransportOptions { MaxQueueSize = queueSize });
        _driver = await VirtioSoundDriver.ProbeAsync(_transport, "virtio", services, new VirtioSoundOptions { QueueSize = queueSize });
        return [.. _driver.Card.Devices.SelectMany(static device => device.Playback)];
    }

    private async Task OpenAsync(PcmSubstream substream)
    {
        (await substream.OpenAsync()).ThrowIfError("open");
        (await substream.HwParamsAsync(Session.Request(PeriodFrames, periods))).ThrowIfError("hw_params");
        substream.SetSwParams(substream.GetSwParams() with { StartThreshold = PeriodFrames * periods }).ThrowIfError("sw_params");
        (await substream.PrepareAsync()).ThrowIfError("prepare");
    }

    private async Task PlayAsync(PcmSubstream substream)
    {
        await Task.Yield(); // on its own from here on: the opening of the others does not wait for a full ring
        while (!_stop)
        {
            PcmTransfer transfer = await substream.WriteAsync(_period);
            if (transfer.Error == PcmError.None)
            {
                Interlocked.Increment(ref _periodsPlayed);
            }
            else if (transfer.Error == PcmError.XRun)
            {
                Interlocked.Increment(ref _xruns);
                (await substream.PrepareAsync()).ThrowIfError("prepare");
            }
            else if (transfer.Error == PcmError.IO)
            {
                Interlocked.Increment(ref _stalls);
            }
            else
            {
                transfer.Error.ThrowIfError("write");
            }
        }
    }

    private async Task CloseAsync(List<PcmSubstream> substreams)
    {
        foreach (PcmSubstream substream in substreams)
        {
            await substream.CloseAsync();
        }

        if (_driver is not null)
        {
            await _driver.DisposeAsync();
        }

        foreach (PcmCard card in _cards)
        {
            await card.DisposeAsync();
        }
    }
}
