using Pcm.Alsa.Tests.Paced;

namespace Pcm.Alsa.Tests;

/// <summary>The steady state allocates nothing, whoever paces it.</summary>
public sealed class AllocationTests
{
    private const int PeriodFrames = 64;
    private const int BufferFrames = 256;
    private const int WarmUp = 500;
    private const int Periods = 5000;

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void TransferBlocking_OverNullPcm_AllocatesNothing(PcmDirection direction)
    {
        Peers.RequireLibAsound();
        var card = new AlsaCard("pcm.test { type plug slave.pcm { type null } }", "test");
        PcmSubstream pcm = card.Clock.Run(async () =>
        {
            PcmCard probed = await card.ProbeAsync(direction);
            PcmSubstream opened = (await probed.Devices[0].OpenAsync(direction)).GetOrThrow();
            await AlsaCard.PrepareAsync(opened, AlsaCard.Request(PcmFormat.S16LE, 2, 48000, PeriodFrames, BufferFrames));
            return opened;
        });
        byte[] period = new byte[PeriodFrames * 4];
        int passed = 0;
        Pass(WarmUp);
        long before = GC.GetAllocatedBytesForCurrentThread(); // the virtual clock runs everything on this thread
        Pass(Periods);
        Assert.Equal((0L, WarmUp + Periods), (GC.GetAllocatedBytesForCurrentThread() - before, passed));
        card.Clock.Run(async () => await pcm.Device.Card.DisposeAsync());

        void Pass(int count)
        {
            for (int i = 0; i < count; i++)
            {
                PcmTransfer transfer = direction == PcmDirection.Playback
                    ? pcm.WriteBlocking(period, Timeout.InfiniteTimeSpan)
                    : pcm.ReadBlocking(period, Timeout.InfiniteTimeSpan);
                passed += transfer == new PcmTransfer(PcmError.None, PeriodFrames) ? 1 : 0;
            }
        }
    }

    [Fact]
    public async Task WriteAndWatch_OverSharedRing_AllocateNothing()
    {
        await using var card = new PacedCard(PcmDirection.Playback);
        await using PcmSubstream pcm = await card.PrepareAsync();
        byte[] period = new byte[PeriodFrames * 2];
        Assert.Equal(PcmError.None, pcm.Write(new byte[BufferFrames * 2], out _));
        long onWriter = 0, onWatcher = 0;
        for (int i = 0; i < WarmUp + 1000; i++)
        {
            int waits = card.Pcm.Waits;
            card.Pcm.Advance(PeriodFrames);
            SpinWait.SpinUntil(() => card.Pcm.Waits > waits); // stay on this thread: the first call of each thread makes its place for error texts
            card.Pcm.Commits.Clear();
            long before = GC.GetAllocatedBytesForCurrentThread();
            PcmError error = pcm.Write(period, out int written);
            bool counted = i >= WarmUp;
            onWriter += counted ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
            onWatcher += counted ? card.Pcm.AllocatedBetweenWaits : 0;
            Assert.Equal((PcmError.None, PeriodFrames), (error, written));
        }

        Assert.Equal((0L, 0L), (onWriter, onWatcher));
    }
}
