using Microsoft.Extensions.DependencyInjection;
using Pcm.Backends;
using Pcm.Virtio;

namespace Pcm.Samples.PlayWav;

/// <summary>Plays one WAV file on a card that dependency injection made.</summary>
internal static class Player
{
    /// <summary>Registers a card called <c>speaker</c> and plays on it.</summary>
    public static async Task PlayAsync(IServiceCollection services, bool overVirtio, string input, string output)
    {
        if (overVirtio)
        {
            await PlayOverVirtioAsync(services.AddPcm(), input, output);
            return;
        }

        #region register
        PcmBuilder pcm = services.AddPcm().AddWav("speaker", wav => wav.PlaybackPath = output);
        #endregion
        await PlayAsync(pcm, input);
    }

    private static async Task PlayAsync(PcmBuilder pcm, string input)
    {
        #region play
        await using ServiceProvider provider = pcm.Services.BuildServiceProvider();
        PcmCard card = await provider.GetRequiredService<PcmCards>().GetCardAsync("speaker");
        await using PcmSubstream playback = (await card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
        using FileStream file = File.OpenRead(input);
        var wav = new WavReader(file);
        var wanted = new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved, Format = wav.Format.SampleFormat, Channels = wav.Format.Channels, Rate = wav.Format.Rate };
        (await playback.HwParamsAsync(wanted)).ThrowIfError("hw_params");
        (await playback.PrepareAsync()).ThrowIfError("prepare");
        byte[] period = new byte[playback.Runtime!.PeriodFrames * wav.Format.FrameBytes];
        for (int frames; (frames = wav.Read(period)) > 0;)
            (await playback.WriteAsync(period.AsMemory(0, frames * wav.Format.FrameBytes))).Error.ThrowIfError("write");
        (await playback.DrainAsync()).ThrowIfError("drain");
        #endregion

        // The file is complete only now, and only now can it be said that the disk was full.
        (await playback.HwFreeAsync()).ThrowIfError("hw_free");
    }

    /// <summary>The same card, but behind a virtio sound device in this process: driver, virtqueues, device, and then the file.</summary>
    private static async Task PlayOverVirtioAsync(PcmBuilder pcm, string input, string output)
    {
        await using ServiceProvider own = pcm.Services.BuildServiceProvider();
        PcmServices behind = own.GetRequiredService<PcmServices>();

        #region virtio
        PcmCard sink = (await new WavBackend(new WavOptions { PlaybackPath = output }).ProbeAsync(behind, default))[0];
        VirtioSoundStreamOptions stream = await VirtioSoundStreamOptions.DescribeAsync(sink.Devices[0].Playback[0]);
        var device = new VirtioSoundDevice(new VirtioSoundDeviceOptions { Streams = [stream] });
        pcm.AddVirtioSound("speaker", _ => new InProcessTransport(device, behind.Scheduler));
        #endregion
        await PlayAsync(pcm, input);
        await sink.DisposeAsync();
    }
}
