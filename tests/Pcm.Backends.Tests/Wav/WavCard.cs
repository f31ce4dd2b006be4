using Pcm.Testing;

namespace Pcm.Backends.Tests.Wav;

/// <summary>A WAV card on a virtual clock, and the steps that every test of it takes.</summary>
internal sealed class WavCard
{
    public WavCard(WavOptions options)
    {
        Log = new CollectingLog();
        Services = new PcmServices(Clock, Clock.Scheduler, Log);
        Backend = new WavBackend(options);
    }

    public VirtualClock Clock { get; } = new();

    public CollectingLog Log { get; }

    public PcmServices Services { get; }

    public WavBackend Backend { get; }

    public static WavCard Sink(string path) => new(new WavOptions { PlaybackPath = path });

    public static WavCard Source(string path) => new(new WavOptions { CapturePath = path });

    /// <summary>Runs a test with the card's one substream of a direction, open; closes and disposes at the end.</summary>
    public void Run(PcmDirection direction, Func<PcmSubstream, Task> test) => Clock.Run(async () =>
    {
        await using PcmCard card = (await Backend.ProbeAsync(Services, CancellationToken.None))[0];
        await test((await card.Devices[0].OpenAsync(direction)).GetOrThrow());
    });

    public static PcmHwParams Request(PcmFormat format, int channels, int rate, int periodFrames, int periods) => new()
    {
        Access = PcmAccess.ReadWriteInterleaved,
        Format = format,
        Channels = channels,
        Rate = rate,
        PeriodFrames = periodFrames,
        BufferFrames = periodFrames * periods,
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

    public static byte[] ReadFile(string path, out WavFormat format)
    {
        using FileStream stream = File.OpenRead(path);
        var reader = new WavReader(stream);
        format = reader.Format;
        Assert.NotNull(reader.DataBytes);
        byte[] data = new byte[reader.DataBytes.Value];
        Assert.Equal(reader.Frames, reader.Read(data));
        return data;
    }

    /// <summary>The data of a file that a sink still has open, which File.OpenRead would refuse.</summary>
    public static byte[] ReadFileShared(string path)
    {
        string copy = path + ".copy";
        using (var process = System.Diagnostics.Process.Start("cp", [path, copy]))
        {
            process.WaitForExit();
        }

        return ReadFile(copy, out _);
    }

    public static void WriteFile(string path, WavFormat format, ReadOnlySpan<byte> data)
    {
        using FileStream stream = File.Create(path);
        using var writer = new WavWriter(stream, format);
        writer.Write(data);
    }

    /// <summary>Bytes that differ from frame to frame and from seed to seed.</summary>
    public static byte[] Noise(int bytes, int seed = 1)
    {
        byte[] data = new byte[bytes];
        new Random(seed).NextBytes(data);
        return data;
    }
}
