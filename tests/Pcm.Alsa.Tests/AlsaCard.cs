using Pcm.Backends.Alsa;
using Pcm.Testing;

namespace Pcm.Alsa.Tests;

/// <summary>A card of real libasound PCMs on a virtual clock, from an asoundrc of our own.</summary>
internal sealed class AlsaCard(string configuration, string pcm)
{
    public VirtualClock Clock { get; } = new();

    public CollectingLog Log { get; } = new();

    /// <summary>Runs a test with a stream, open; closes and disposes at the end.</summary>
    public void Run(PcmDirection direction, Func<PcmSubstream, Task> test)
    {
        Peers.RequireLibAsound();
        Clock.Run(async () =>
        {
            await using PcmCard card = await ProbeAsync(direction);
            await test((await card.Devices[0].OpenAsync(direction)).GetOrThrow());
        });
    }

    public async Task<PcmCard> ProbeAsync(PcmDirection direction)
    {
        var backend = new AlsaBackend(new AlsaOptions
        {
            Pcm = pcm,
            Configuration = configuration,
            HasPlayback = direction == PcmDirection.Playback,
            HasCapture = direction == PcmDirection.Capture,
        });
        return (await backend.ProbeAsync(new PcmServices(Clock, Clock.Scheduler, Log), CancellationToken.None))[0];
    }

    /// <summary>A file PCM over the null PCM: playback goes to <paramref name="file"/>, capture comes from <paramref name="source"/>.</summary>
    public static string FilePcm(string file, string format = "raw", string? source = null) =>
        $"pcm.test {{ type file slave.pcm {{ type null }} file \"{file}\" format {format} {(source is null ? "" : $"infile \"{source}\"")} }}";

    public static PcmHwParams Request(PcmFormat format, int channels, int rate, int periodFrames, int bufferFrames) => new()
    {
        Access = PcmAccess.ReadWriteInterleaved,
        Format = format,
        Channels = channels,
        Rate = rate,
        PeriodFrames = periodFrames,
        BufferFrames = bufferFrames,
    };

    public static async Task PrepareAsync(PcmSubstream substream, PcmHwParams request)
    {
        Assert.Equal(PcmError.None, await substream.HwParamsAsync(request));
        Assert.Equal(PcmError.None, await substream.PrepareAsync());
    }

    public static async Task WriteAllAsync(PcmSubstream substream, ReadOnlyMemory<byte> data)
    {
        PcmTransfer written = await substream.WriteAsync(data);
        Assert.Equal((PcmError.None, data.Length * 8 / substream.Runtime!.FrameBits), (written.Error, written.Frames));
    }

    public static byte[] Noise(int bytes, int seed = 1)
    {
        byte[] data = new byte[bytes];
        new Random(seed).NextBytes(data);
        return data;
    }
}
