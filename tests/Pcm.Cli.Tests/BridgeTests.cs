using System.Text.Json;
using Pcm.Backends;

namespace Pcm.Cli.Tests;

public sealed class BridgeTests
{
    [Fact]
    public void Bridge_FromWavThroughVirtioIntoWav_IsIdentical()
    {
        using var cli = new Cli();
        var format = new WavFormat(PcmFormat.S16LE, 2, 48000);
        byte[] data = Cli.Noise(100_003 * format.FrameBytes);
        string from = $"wav:{cli.WriteWav("in.wav", format, data)}", to = $"virtio,sink=wav:{cli.File("out.wav")}";
        CliResult result = cli.Run("bridge", from, to, "--clock", "virtual");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("bridged 100003 frames (2.083 s), 0 overruns (0 frames lost), 0 underruns", result.Output, StringComparison.Ordinal);
        Assert.Equal(data, cli.ReadWav("out.wav", out WavFormat stored));
        Assert.Equal(format, stored);
    }

    [Fact]
    public void Bridge_WithDurationAndJson_CopiesSoMuchAndReports()
    {
        using var cli = new Cli();
        CliResult result = cli.Run("bridge", "null", $"wav:{cli.File("out.wav")}", "--duration", "500ms", "--rate", "8000", "--channels", "1", "--clock", "virtual", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using JsonDocument json = JsonDocument.Parse(result.Output);
        Assert.Equal(4000, json.RootElement.GetProperty("frames").GetInt32());
        Assert.Equal(0, json.RootElement.GetProperty("sinkXRuns").GetInt32());
        Assert.Equal(4000 * 2, cli.ReadWav("out.wav", out _).Length);
    }

    [Fact]
    public void Bridge_WithNothingInCommon_SaysSo()
    {
        using var cli = new Cli();
        string from = $"wav:{cli.WriteWav("in.wav", new WavFormat(PcmFormat.MuLaw, 1, 8000), Cli.Noise(100))}";
        CliResult result = cli.Run("bridge", from, "null", "--clock", "virtual");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("hw_params of source and sink together failed: EINVAL", result.Error, StringComparison.Ordinal);
    }
}
