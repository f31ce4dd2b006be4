namespace Pcm.Interop.Tests.Qemu;

/// <summary>
/// Files behind QEMU's streams, by its ALSA voices and libasound's file plugin: each playback stream writes one, which the WAV voice, of which there can
/// be only one, does not; and capture reads one, so that it is not silence.
/// </summary>
internal sealed class AlsaFiles : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pcm-alsa-").FullName;

    /// <param name="captured">What every capture stream begins with.</param>
    public AlsaFiles(byte[] captured)
    {
        File.WriteAllBytes(Path.Combine(_directory, "in"), captured);
        File.WriteAllText(
            Path.Combine(_directory, "asoundrc"),
            $$"""
            pcm.nothing { type null }
            pcm.out { type file slave.pcm nothing file "|cat >{{_directory}}/out.$$" format raw }
            pcm.in { type file slave.pcm nothing file /dev/null infile "{{_directory}}/in" format raw }
            """);
    }

    /// <summary>A machine whose streams play into these files, as they are: no mixing, no conversion.</summary>
    public QemuOptions Behind(QemuOptions options) => options with
    {
        AudioDevice = "alsa,id=a,out.mixing-engine=off,in.mixing-engine=off,out.dev=out,in.dev=in,out.try-poll=off,in.try-poll=off",
        Environment = new Dictionary<string, string> { ["ALSA_CONFIG_PATH"] = Path.Combine(_directory, "asoundrc") },
    };

    /// <summary>What was played, each stream's; whole because QEMU has ended.</summary>
    public List<byte[]> ReadPlayed() =>
        [.. Directory.GetFiles(_directory, "out.*").Select(File.ReadAllBytes).Where(static data => data.Length > 0)];

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
