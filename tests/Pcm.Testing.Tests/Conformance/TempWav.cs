using Pcm.Backends;

namespace Pcm.Testing.Tests.Conformance;

/// <summary>A WAV file that goes away with the bench; its data can still be read afterwards.</summary>
internal sealed class TempWav : IAsyncDisposable
{
    private static readonly WavFormat s_format = new(PcmFormat.S16LE, 2, 48000);

    private readonly string _directory = Directory.CreateTempSubdirectory("pcm-kit-").FullName;
    private byte[]? _kept;

    public string Path => System.IO.Path.Combine(_directory, "audio.wav");

    /// <summary>Fills the file with a second of the pattern.</summary>
    public byte[] WritePattern()
    {
        byte[] audio = new PcmPattern(s_format.FrameBytes).Frames(0, s_format.Rate);
        using FileStream file = File.Create(Path);
        using var writer = new WavWriter(file, s_format);
        writer.Write(audio);
        return audio;
    }

    /// <summary>The audio of the file, or what it was when the bench went away.</summary>
    public byte[] ReadData()
    {
        if (_kept is not null)
        {
            return _kept;
        }

        using FileStream file = File.OpenRead(Path);
        var reader = new WavReader(file);
        byte[] data = new byte[reader.DataBytes!.Value];
        Assert.Equal(reader.Frames, reader.Read(data));
        return data;
    }

    public ValueTask DisposeAsync()
    {
        _kept = File.Exists(Path) && new FileInfo(Path).Length > 0 ? ReadData() : [];
        Directory.Delete(_directory, recursive: true);
        return default;
    }
}
