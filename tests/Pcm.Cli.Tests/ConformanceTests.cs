using System.Text.Json;

namespace Pcm.Cli.Tests;

public sealed class ConformanceTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("null")]
    [InlineData("loopback:2")]
    [InlineData("virtio")]
    public void Conformance_OfADeviceOfOurs_FailsNothing(string device)
    {
        string[] lines = _cli.Run("conformance", "--device", device).Expect(0).Output.TrimEnd().Split('\n');
        Assert.Matches(@"^\d+ passed, 0 failed, \d+ skipped\r?$", lines[^1]);
        Assert.True(lines.Count(static l => l.StartsWith("passed ", StringComparison.Ordinal)) >= 60);
    }

    [Fact]
    public void Conformance_OfAWavThatIsThere_TriesCaptureAndLeavesTheFile()
    {
        string file = _cli.WriteWav("in.wav", new Pcm.Backends.WavFormat(PcmFormat.S16LE, 2, 48000), Cli.Noise(48000 * 4));
        byte[] before = File.ReadAllBytes(file);
        Assert.Contains(" passed, 0 failed, ", _cli.Run("conformance", "--device", "wav:" + file).Expect(0).Output, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(file));
    }

    [Fact]
    public void Conformance_OfAWavThatIsNot_ComparesWhatWasPlayed() =>
        Assert.Contains("passed   data-played: playback", _cli.Run("conformance", "--device", "wav:" + _cli.File("out.wav")).Expect(0).Output, StringComparison.Ordinal);

    [Fact]
    public void Conformance_OfVirtioIntoAWav_ComparesWhatWasPlayed() => Assert.Contains(
        "passed   data-played: playback",
        _cli.Run("conformance", "--device", $"virtio,sink=wav:{_cli.File("out.wav")}", "--stream", "playback").Expect(0).Output,
        StringComparison.Ordinal);

    [Fact]
    public void Conformance_OfADeviceThatGoesWrong_Exits1WithSequenceAndTrace()
    {
        CliResult result = _cli.Run("conformance", "--device", "null,fault=pointer:out@5", "--law", "pointer-in-range").Expect(1);
        Assert.Contains("FAILED   pointer-in-range: playback: GetPointer answered", result.Output, StringComparison.Ordinal);
        Assert.Contains("  sequence: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("  trace:", result.Output, StringComparison.Ordinal);
        Assert.Contains("0 passed, 1 failed, 0 skipped", result.Output, StringComparison.Ordinal);
        Assert.Contains("1 laws are broken", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Conformance_AsJson_IsOneObjectAlsoWhenItFails()
    {
        CliResult result = _cli.Run("conformance", "--device", "null,fault=stop:EIO*", "--law", "stop-cannot-fail", "--json").Expect(1);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(1, json.RootElement.GetProperty("failed").GetInt32());
        JsonElement law = Assert.Single(json.RootElement.GetProperty("laws").EnumerateArray());
        Assert.Equal(("stop-cannot-fail", "failed"), (law.GetProperty("name").GetString(), law.GetProperty("outcome").GetString()));
        Assert.InRange(law.GetProperty("sequence").GetArrayLength(), 1, 6); // shrunk
        Assert.NotEqual(0, law.GetProperty("trace").GetArrayLength());
    }

    [Fact]
    public void Conformance_OfALawThatIsNone_Exits2() =>
        Assert.Contains("there is no law 'frob'", _cli.Run("conformance", "--device", "null", "--law", "frob").Expect(2).Error, StringComparison.Ordinal);

    [Fact]
    public void Play_OnADeviceThatGoesWrong_SaysWhatWentWrong()
    {
        string input = _cli.WriteWav("in.wav", new Pcm.Backends.WavFormat(PcmFormat.S16LE, 1, 8000), Cli.Noise(16000));
        Assert.Contains("prepare failed: EIO", _cli.Run("play", input, "--device", "null,fault=prepare:EIO", "--clock", "virtual").Expect(1).Error, StringComparison.Ordinal);
        _cli.Run("play", input, "--device", "null,fault=period:xrun@3", "--clock", "virtual").Expect(0); // an xrun is recovered from
    }
}
