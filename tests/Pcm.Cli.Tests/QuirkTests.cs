using Pcm.Backends;

namespace Pcm.Cli.Tests;

/// <summary>The device model's quirks on the command line.</summary>
public sealed class QuirkTests : IDisposable
{
    private readonly Cli _cli = new();

    [Theory]
    [InlineData("status-behind-data")]
    [InlineData("no-events+latency-is-length-less-four")]
    [InlineData("qemu")]
    public void Play_BeforeAMisbehavingDevice_IsTheSameFile(string quirk)
    {
        byte[] data = Cli.Noise(4 * 20_011);
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 2, 48000), data);
        CliResult result = _cli.Run("play", input, "--device", $"virtio,quirk={quirk},sink=wav:{_cli.File("out.wav")}", "--clock", "virtual");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(data, _cli.ReadWav("out.wav", out _));
    }

    [Fact]
    public void Device_UnknownQuirk_IsAUsageErrorThatListsThem()
    {
        CliResult result = _cli.Run("params", "--device", "virtio,quirk=no-such-thing");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("no-such-thing", result.Error, StringComparison.Ordinal);
        Assert.Contains("status-behind-data", result.Error, StringComparison.Ordinal);
        Assert.Contains("vhost-device-sound", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _cli.Dispose();
}
