namespace Pcm.Alsa.Tests;

/// <summary>The command in a process of its own, because libasound reads the environment that the process began with.</summary>
public sealed class CliTests
{
    private static readonly string s_pcm = Path.Combine(AppContext.BaseDirectory, "pcm.dll");
    private static readonly string s_chords = Path.Combine(AppContext.BaseDirectory, "chords.wav");

    [Theory]
    [InlineData("alsa:test", "virtual")]
    [InlineData("virtio,sink=[alsa:test]", "virtual")]
    public void Play_IntoFilePcmOfAnAsoundrc_IsBitExact(string device, string clock)
    {
        Peers.RequireLibAsound();
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("asoundrc"), AlsaCard.FilePcm(folder.File("out")));
        string output = Peers.Run("dotnet", folder.File("asoundrc"), s_pcm, "play", s_chords, "--device", device, "--clock", clock);
        Assert.Contains("played 144137 frames (3.003 s), 0 xruns", output, StringComparison.Ordinal);
        using FileStream file = File.OpenRead(s_chords);
        var wav = new Backends.WavReader(file);
        byte[] data = new byte[(int)wav.Frames! * wav.Format.FrameBytes];
        Assert.Equal(wav.Frames, wav.Read(data));
        Assert.Equal(data, File.ReadAllBytes(folder.File("out")));
    }

    [Fact]
    public void Play_OnAlsaNameWithCommasAndColons_ReachesLibasoundWhole()
    {
        Peers.RequireLibAsound();
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("asoundrc"), "pcm.a { @args [ X Y ] @args.X { type string } @args.Y { type string } type null }");
        string output = Peers.Run("dotnet", folder.File("asoundrc"), s_pcm, "params", "--device", "alsa:a:b,c");
        Assert.Contains("HW Params of device \"alsa:a:b,c\", playback:", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_OnUnknownPcm_FailsWithLibasoundsWords()
    {
        Peers.RequireLibAsound();
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("asoundrc"), "pcm.a { type null }");
        string output = Peers.Run("dotnet", folder.File("asoundrc"), s_pcm, "play", s_chords, "--device", "alsa:nosuch");
        Assert.Contains("pcm play: device alsa:nosuch: playback of ALSA PCM 'nosuch': No such file or directory (Unknown PCM nosuch)", output, StringComparison.Ordinal);
    }
}
