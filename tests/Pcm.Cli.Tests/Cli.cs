using Pcm.Backends;
using Pcm.Cli.Devices;

namespace Pcm.Cli.Tests;

/// <summary>The program in this process, in a directory of its own, with captured outputs.</summary>
internal sealed class Cli : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pcm-").FullName;

    public byte[] Input { get; set; } = [];

    public Stream? InputStream { get; set; }

    public bool IsInteractive { get; set; }

    public DeviceTable Devices { get; set; } = DeviceTable.Default;

    public CancellationToken Stop { get; set; }

    public string File(string name) => Path.Combine(_directory, name);

    public string WriteWav(string name, WavFormat format, byte[] data)
    {
        using FileStream stream = System.IO.File.Create(File(name));
        using var writer = new WavWriter(stream, format);
        writer.Write(data);
        return File(name);
    }

    public byte[] ReadWav(string name, out WavFormat format)
    {
        using FileStream stream = System.IO.File.OpenRead(File(name));
        var reader = new WavReader(stream);
        format = reader.Format;
        byte[] data = new byte[reader.DataBytes!.Value];
        Assert.Equal(reader.Frames, reader.Read(data));
        return data;
    }

    public CliResult Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var environment = new CliEnvironment
        {
            Output = output,
            Error = error,
            OpenInput = () => InputStream ?? new MemoryStream(Input),
            IsInteractive = IsInteractive,
            Time = TimeProvider.System,
            Devices = Devices,
        };
        int exitCode = CliProgram.RunAsync(args, environment, Stop).GetAwaiter().GetResult();
        return new CliResult(exitCode, output.ToString(), error.ToString());
    }

    public static byte[] Noise(int bytes, int seed = 1)
    {
        byte[] data = new byte[bytes];
        new Random(seed).NextBytes(data);
        return data;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
