namespace Pcm.Core.Tests.Parameters;

public class RefineAllocationTests
{
    [Theory]
    [InlineData("dummy")]
    [InlineData("virtio")]
    [InlineData("aloop")]
    public void RefineChooseAndFixup_AfterTheFirstTime_AllocateNothing(string name)
    {
        var card = TraceCard.Open(name, PcmDirection.Playback);
        var request = new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000 };
        var p = new PcmHwParams();
        long total = 0;
        for (int round = 0; round < 1000; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            p.CopyFrom(request);
            PcmError refined = card.HwRefine(p);
            p.CopyFrom(request);
            PcmError chosen = card.HwParams(p);
            total += round == 0 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal((PcmError.None, PcmError.None), (refined, chosen));
        }

        Assert.Equal(0, total);
    }
}
