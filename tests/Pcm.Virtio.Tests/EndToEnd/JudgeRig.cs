using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>A driver before a <see cref="JudgeDevice"/>, on a virtual clock.</summary>
internal sealed record JudgeRig(VirtualClock Clock, InProcessTransport Transport)
{
    public static void Run(JudgeDevice judge, Func<JudgeRig, VirtioSoundDriver, Task> test, CollectedLog? log = null, int messageMultiple = 1)
    {
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            var transport = new InProcessTransport(judge, clock.Scheduler);
            await using VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(
                transport, "judge", new PcmServices(clock, clock.Scheduler, log), new VirtioSoundOptions { PeriodMsMin = 1, PlaybackMessageMultiple = messageMultiple });
            await test(new JudgeRig(clock, transport), driver);
        });
    }

    /// <summary>Opens the first stream of the first device, S16 stereo 48 kHz.</summary>
    public static async Task<PcmSubstream> OpenAsync(VirtioSoundDriver driver, PcmDirection direction, int period, int periods)
    {
        PcmSubstream substream = (await driver.Card.Devices[0].OpenAsync(direction)).GetOrThrow();
        (await substream.HwParamsAsync(new PcmHwParams
        {
            Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, PeriodFrames = period, BufferFrames = period * periods,
        })).ThrowIfError("hw_params");
        return substream;
    }
}
