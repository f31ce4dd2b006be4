using Pcm.Backends.Null;

namespace Pcm.Core.Tests.Parameters;

public class NullCardModelTests
{
    [Fact]
    public void All_Models_AreSoundAndFound()
    {
        Assert.Equal(["dummy", "emu10k1", "rme9652", "ice1712", "uda1341", "ac97", "ca0106", "qemu"], NullCardModel.All.Select(model => model.Name));
        foreach (NullCardModel model in NullCardModel.All)
        {
            Assert.Null(model.Hardware.FindProblem());
            Assert.Same(model, NullCardModel.Find(model.Name.ToUpperInvariant()));
            Assert.Equal(8, model.SubstreamsPerDirection);
        }

        Assert.Null(NullCardModel.Find("sb16"));
    }

    [Theory]
    [InlineData(PcmDirection.Playback, "[256,131072] int", "[1,1024] int")]
    [InlineData(PcmDirection.Capture, "[64,131072] int", "[1,1024]")]
    public void AddConstraints_Emu10k1_LimitPlaybackOnly(PcmDirection direction, string bufferBytes, string periods)
    {
        var p = new PcmHwParams();
        Assert.Equal(PcmError.None, TraceCard.OpenNull(NullCardModel.Emu10k1, direction).HwRefine(p));
        Assert.Equal((bufferBytes, periods), (p.GetInterval(PcmHwParameter.BufferBytes).ToString(), p.GetInterval(PcmHwParameter.Periods).ToString()));
    }
}
