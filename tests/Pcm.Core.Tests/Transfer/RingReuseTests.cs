using Pcm.Testing;

namespace Pcm.Core.Tests.Transfer;

public sealed class RingReuseTests
{
    /// <summary>The memory of the larger ring is kept; its 1024 bytes are no whole number of samples of three.</summary>
    [Fact]
    public void HwParams_OfOtherSampleWidthInKeptMemory_Succeeds()
    {
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            await using var card = new PcmCard("manual", "Manual", new PcmServices(clock, clock.Scheduler));
            PcmHardware hardware = ManualOps.DefaultHardware with { Formats = [PcmFormat.S32LE, PcmFormat.S24In3LE] };
            PcmDevice device = card.AddDevice(new PcmDeviceDescription { Name = "manual", Playback = [new ManualOps(hardware)] });
            PcmSubstream substream = (await device.OpenAsync(PcmDirection.Playback)).GetOrThrow();
            foreach (PcmFormat format in (PcmFormat[])[PcmFormat.S32LE, PcmFormat.S24In3LE])
            {
                var request = new PcmHwParams
                {
                    Access = PcmAccess.ReadWriteInterleaved, Format = format, Channels = 1, Rate = 48000, PeriodFrames = 64, BufferFrames = 256,
                };
                Assert.Equal(PcmError.None, await substream.HwParamsAsync(request));
            }
        });
    }
}
