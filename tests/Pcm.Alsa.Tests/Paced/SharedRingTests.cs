using System.Runtime.InteropServices;
using CsCheck;

namespace Pcm.Alsa.Tests.Paced;

/// <summary>Streams that share their ring with libasound: real areas and commits, a clock that the test turns.</summary>
public sealed class SharedRingTests
{
    private const int PeriodFrames = 64;
    private const int BufferFrames = 256;

    private static readonly Gen<(int[] Chunks, int[] Steps, int Seed)> s_plays =
        from chunks in Gen.Int[1, 200].Array[1, 12]
        from steps in Gen.Int[1, 150].Array[1, 12]
        from seed in Gen.Int[1, 1_000_000]
        select (chunks, steps, seed);

    [Fact]
    public async Task Play_InAnyPiecesAtAnyPace_IsBitExact()
    {
        Peers.RequireLibAsound();
        await s_plays.SampleAsync(
            async t =>
            {
                using var folder = new TempFolder();
                await using (var card = new PacedCard(PcmDirection.Playback, AlsaCard.FilePcm(folder.File("out"))))
                {
                    // So slow that a stall of the machine is never half a buffer, which the core, as the kernel, takes for a lap that it missed.
                    await using PcmSubstream pcm = await card.PrepareAsync(AlsaCard.Request(PcmFormat.S16LE, 1, 25, PeriodFrames, BufferFrames));
                    byte[] data = AlsaCard.Noise(t.Chunks.Sum() * 2, t.Seed);
                    int at = 0, step = 0;
                    foreach (int chunk in t.Chunks)
                    {
                        ReadOnlyMemory<byte> rest = data.AsMemory(at, chunk * 2);
                        at += rest.Length;
                        while (!rest.IsEmpty)
                        {
                            Assert.Contains(pcm.Write(rest.Span, out int written), (PcmError[])[PcmError.None, PcmError.Again]);
                            rest = rest[(written * 2)..];
                            if (!rest.IsEmpty)
                            {
                                // Never as far as the end of what is queued, which would be an xrun.
                                card.Pcm.Advance(Math.Min(t.Steps[step++ % t.Steps.Length], BufferFrames - 1));
                            }
                        }
                    }

                    Task<PcmError> drain = pcm.DrainAsync().AsTask();
                    await PacedCard.UntilAsync(() =>
                    {
                        card.Pcm.Advance(PeriodFrames);
                        _ = pcm.GetAvail(out _); // the position is modulo the ring: a whole ring between two looks would be none
                        return drain.IsCompleted;
                    });
                    Assert.Equal(PcmError.None, await drain);
                    Assert.Equal(PcmState.Setup, pcm.State);
                    Assert.All(card.Pcm.Commits, static c => Assert.InRange(c.Offset + c.Frames, 1, BufferFrames));
                    Assert.Empty(card.Log.Errors);
                }

                byte[] stored = File.ReadAllBytes(folder.File("out"));
                Assert.Equal(AlsaCard.Noise(t.Chunks.Sum() * 2, t.Seed), stored);
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public async Task Write_WaitingForRoom_IsWokenByThePeriod()
    {
        await using var card = new PacedCard(PcmDirection.Playback);
        await using PcmSubstream pcm = await card.PrepareAsync();
        Assert.Equal(PcmError.None, pcm.Write(new byte[BufferFrames * 2], out int written));
        Assert.Equal(BufferFrames, written);
        Task<PcmTransfer> more = pcm.WriteAsync(new byte[PeriodFrames * 2]).AsTask();
        Assert.False(more.IsCompleted);
        card.Pcm.Advance(PeriodFrames);
        Assert.Equal(new PcmTransfer(PcmError.None, PeriodFrames), await more);
        Assert.Equal((long)PeriodFrames, pcm.Runtime!.HardwarePosition);
    }

    [Fact]
    public async Task Capture_FromTheSharedRing_WakesReadersAndGivesTheFramesBack()
    {
        await using var card = new PacedCard(PcmDirection.Capture);
        await using PcmSubstream pcm = await card.PrepareAsync();
        Assert.Equal(PcmError.None, await pcm.StartAsync());
        byte[] read = new byte[PeriodFrames * 2];
        for (int period = 0; period < 10; period++)
        {
            Task<PcmTransfer> transfer = pcm.ReadAsync(read).AsTask();
            card.Pcm.Advance(PeriodFrames);
            Assert.Equal(new PcmTransfer(PcmError.None, PeriodFrames), await transfer);
            Assert.Equal(Enumerable.Range(period * PeriodFrames, PeriodFrames).Select(static n => (short)n), MemoryMarshal.Cast<byte, short>(read).ToArray());
        }

        Assert.Equal(10 * PeriodFrames, card.Pcm.Commits.Sum(static c => c.Frames));
    }

    [Fact]
    public async Task XRun_ThatLibasoundReports_StopsTheStreamAndIsCounted()
    {
        await using var card = new PacedCard(PcmDirection.Playback);
        await using PcmSubstream pcm = await card.PrepareAsync();
        for (int xruns = 0; xruns < 3; xruns++)
        {
            Assert.Equal(PcmError.None, pcm.Write(new byte[BufferFrames * 2], out _));
            card.Pcm.SetState(PcmState.XRun, PcmError.XRun);
            await PacedCard.UntilAsync(() => pcm.State == PcmState.XRun);
            Assert.Equal(PcmError.XRun, pcm.Write(new byte[2], out _));
            card.Pcm.SetState(null, PcmError.None);
            Assert.Equal(PcmError.None, await pcm.PrepareAsync());
        }
    }

    [Fact]
    public async Task Unplug_WhileRunning_EndsEveryWaitWithNoDevice()
    {
        await using var card = new PacedCard(PcmDirection.Playback);
        await using PcmSubstream pcm = await card.PrepareAsync();
        Assert.Equal(PcmError.None, pcm.Write(new byte[BufferFrames * 2], out _));
        Task<PcmTransfer> write = pcm.WriteAsync(new byte[PeriodFrames * 2]).AsTask();
        Task<PcmError> wait = pcm.WaitAsync(Timeout.InfiniteTimeSpan).AsTask();
        card.Pcm.SetState(PcmState.Disconnected, PcmError.NoDevice);
        Assert.Equal(PcmError.BadState, (await write).Error); // as the kernel: the transfer that was cut off says EBADFD
        Assert.Equal(PcmError.NoDevice, await wait);
        await PacedCard.UntilAsync(() => card.Card.IsDisconnected);
        Assert.Equal(PcmError.NoDevice, await pcm.DrainAsync());
        Assert.Equal(PcmState.Disconnected, pcm.State);
        await pcm.CloseAsync();
        Assert.Equal(PcmError.NoEntry, (await card.Card.Devices[0].OpenAsync(PcmDirection.Playback)).Error);
        Assert.Contains("ALSA PCM 'test' is gone.", card.Log.Errors);
    }

    [Fact]
    public async Task Drain_OfHardwareThatDoesNotEnd_TimesOut()
    {
        await using var card = new PacedCard(PcmDirection.Playback);
        await using PcmSubstream pcm = await card.PrepareAsync();
        Assert.Equal(PcmError.None, pcm.Write(new byte[BufferFrames * 2], out _));
        card.Pcm.NeverDrains = true;
        Assert.Equal(PcmError.IO, await pcm.DrainAsync()); // after the least time-out of the core, 100 ms
        Assert.Equal(PcmState.Setup, pcm.State);
        Assert.Equal(PcmError.None, await pcm.PrepareAsync());
    }

    [Fact]
    public async Task Suspend_OfTheSystem_SuspendsTheStreamAndResumesWhenTheHardwareIsReady()
    {
        await using var card = new PacedCard(PcmDirection.Playback);
        await using PcmSubstream pcm = await card.PrepareAsync();
        Assert.Equal(PcmError.None, pcm.Write(new byte[BufferFrames * 2], out _));
        card.Pcm.SetState(PcmState.Suspended, PcmError.Suspended);
        await PacedCard.UntilAsync(() => pcm.State == PcmState.Suspended);
        Assert.Equal(PcmError.Suspended, pcm.Write(new byte[2], out _));
        card.Pcm.ResumeAnswers.Enqueue(PcmError.Again);
        Assert.Equal(PcmError.None, await pcm.ResumeAsync());
        Assert.Equal(PcmState.Running, pcm.State);
        Task<PcmTransfer> more = pcm.WriteAsync(new byte[PeriodFrames * 2]).AsTask();
        card.Pcm.Advance(PeriodFrames);
        Assert.Equal(new PcmTransfer(PcmError.None, PeriodFrames), await more);
    }

    [Fact]
    public async Task Resume_OfHardwareThatCannot_IsNotImplementedAndPrepareRecovers()
    {
        await using var card = new PacedCard(PcmDirection.Playback);
        await using PcmSubstream pcm = await card.PrepareAsync();
        Assert.Equal(PcmError.None, pcm.Write(new byte[BufferFrames * 2], out _));
        card.Pcm.SetState(PcmState.Suspended, PcmError.Suspended);
        await PacedCard.UntilAsync(() => pcm.State == PcmState.Suspended);
        card.Pcm.ResumeAnswers.Enqueue(PcmError.NotImplemented);
        Assert.Equal(PcmError.NotImplemented, await pcm.ResumeAsync());
        card.Pcm.SetState(null, PcmError.None);
        Assert.Equal(PcmError.None, await pcm.PrepareAsync());
        Assert.Equal(PcmState.Prepared, pcm.State);
    }

    [Fact]
    public async Task Delay_OfHardwareWithLatency_CountsIt()
    {
        await using var card = new PacedCard(PcmDirection.Playback);
        await using PcmSubstream pcm = await card.PrepareAsync();
        card.Pcm.Latency = 30;
        Assert.Equal(PcmError.None, pcm.Write(new byte[BufferFrames * 2], out _));
        card.Pcm.Advance(16);
        Assert.Equal(PcmError.None, pcm.GetDelay(out long delay));
        Assert.Equal(BufferFrames - 16 + 30, delay);
    }

    [Fact]
    public async Task Rewind_OfFramesThatLibasoundKeeps_IsRefused()
    {
        await using var card = new PacedCard(PcmDirection.Playback);
        await using PcmSubstream pcm = await card.PrepareAsync(swParams: static s => s with { StartThreshold = long.MaxValue });
        Assert.Equal(PcmError.None, pcm.Write(new byte[200 * 2], out _));
        Assert.Equal(PcmError.None, pcm.Rewind(10, out long moved)); // the kernel's rewind does not fail, it moves nothing
        Assert.Equal(0, moved);
        Assert.Equal(200, pcm.Runtime!.ApplicationPosition);
    }

    [Fact]
    public async Task Open_OnAnotherClockThanTheSystems_IsRefusedWithTheReason()
    {
        Peers.RequireLibAsound();
        var clock = new Pcm.Testing.VirtualClock();
        var log = new CollectingLog();
        var endpoint = new Backends.Alsa.AlsaEndpoint("test", PcmDirection.Playback, static _ => PacedPcm.Open("pcm.test { type null }", PcmDirection.Playback));
        await using PcmCard card = Backends.Alsa.AlsaBackend.CreateCard(
            new PcmServices(clock, clock.Scheduler, log), new Backends.Alsa.AlsaOptions { Pcm = "test" }, [endpoint]);
        Assert.Equal(PcmError.NotSupported, (await card.Devices[0].OpenAsync(PcmDirection.Playback)).Error);
        Assert.Contains("clock of its own", Assert.Single(log.Errors), StringComparison.Ordinal);
    }
}
