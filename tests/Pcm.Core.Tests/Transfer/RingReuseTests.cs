using Pcm.Testing;

namespace Pcm.Core.Tests.Transfer;

public sealed class RingReuseTests
{
    /// <summary>The memory of the larger ring is kept; its length is no whole number of the new format's samples.</summary>
    [Fact]
    public void HwParams_OfOtherSampleWidthInKeptMemory_Succeeds()
    {
        var stream = new ManualStream(PcmDirection.Playback);
        stream.Clock.Run(async () =>
        {
            foreach (PcmFormat format in (PcmFormat[])[PcmFormat.S32LE, PcmFormat.S24In3LE])
            {
                var request = new PcmHwParams
                {
                    Access = PcmAccess.ReadWriteInterleaved, Format = format, Channels = 1, Rate = 48000, PeriodFrames = 64, BufferFrames = 256,
                };
                Assert.Equal(PcmError.None, await stream.Substream.HwParamsAsync(request));
            }
        });
    }
}
