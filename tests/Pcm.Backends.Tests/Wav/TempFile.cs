namespace Pcm.Backends.Tests.Wav;

/// <summary>A path in a directory of its own, gone with everything in it at the end of the test.</summary>
internal sealed class TempFile : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pcm-").FullName;

    public string Path => System.IO.Path.Combine(_directory, "test.wav");

    public string Beside(string name) => System.IO.Path.Combine(_directory, name);

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
