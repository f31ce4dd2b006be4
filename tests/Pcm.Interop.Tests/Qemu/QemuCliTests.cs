using Pcm.Backends;
using Pcm.Cli.Tests;

namespace Pcm.Interop.Tests.Qemu;

/// <summary><c>pcm play</c> and <c>pcm record</c> on QEMU's device, as docs/QEMU.md shows them.</summary>
public sealed class QemuCliTests : IDisposable
{
    private readonly Cli.Tests.Cli _cli = new();

    public static TheoryData<string, PcmFormat, int, int, int> Streams => new()
    {
        { "qemu-pci", PcmFormat.S16LE, 2, 48000, 48_001 },
        { "qemu-mmio", PcmFormat.S16LE, 2, 48000, 48_001 },
        { "qemu-pci", PcmFormat.S16LE, 1, 44100, 20_003 },
        { "qemu-mmio", PcmFormat.U8, 1, 8000, 10_001 },
        { "qemu-pci", PcmFormat.U8, 1, 48000, 1 },
        { "qemu-pci", PcmFormat.U8, 2, 22050, 10_007 },
        { "qemu-pci", PcmFormat.U8, 2, 11025, 10_007 },
        { "qemu-pci", PcmFormat.U8, 1, 22050, 10_007 },
        { "qemu-pci", PcmFormat.U8, 1, 11025, 10_007 },
        { "qemu-mmio", PcmFormat.Float32LE, 2, 96000, 30_011 },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Play_WithWav_IsTheSameFile(string transport, PcmFormat format, int channels, int rate, int frames)
    {
        await Peers.RequireQemuAsync();
        var wav = new WavFormat(format, channels, rate);
        string input = _cli.WriteWav("in.wav", wav, Cli.Tests.Cli.Noise(frames * wav.FrameBytes));
        CliResult result = _cli.Run("play", input, "--device", $"virtio,transport={transport},wav={_cli.File("out.wav")}").Expect(0);
        Assert.Equal(File.ReadAllBytes(input), File.ReadAllBytes(_cli.File("out.wav")));
        Assert.Contains($"played {frames} frames", result.Output, StringComparison.Ordinal);
        Assert.Contains(" 0 xruns", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData("qemu-pci")]
    [InlineData("qemu-mmio")]
    public async Task Record_IsAsMuchSilenceAsWasAskedFor(string transport)
    {
        await Peers.RequireQemuAsync();
        _cli.Run("record", _cli.File("out.wav"), "--duration", "1s", "--format", "S16_LE", "--rate", "48000", "--channels", "2", "--device", $"virtio,transport={transport}").Expect(0);
        byte[] data = _cli.ReadWav("out.wav", out _);
        Assert.Equal(new byte[48_000 * 4], data);
    }

    /// <summary>Needs no QEMU.</summary>
    [Theory]
    [InlineData("qemu-pci")]
    [InlineData("qemu-mmio")]
    public void Play_WithoutQemu_FailsAndSaysHowToInstallIt(string transport)
    {
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 2, 48000), new byte[400]);
        CliResult result = _cli.Run("play", input, "--device", $"virtio,transport={transport},qemu={_cli.File("no-such-qemu")},wav={_cli.File("out.wav")}").Expect(1);
        string line = Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Contains($"QEMU is not installed: there is no '{_cli.File("no-such-qemu")}'", line, StringComparison.Ordinal);
        Assert.Contains("apt install qemu-system-x86", line, StringComparison.Ordinal);
    }

    /// <summary>A program that says what QEMU 7.2 says of the device; needs no QEMU.</summary>
    [Fact]
    public void Play_OnAnOldQemu_FailsAndSaysWhichIsNeeded()
    {
        CliResult result = PlayOn("echo \"$0: -device virtio-sound-pci: 'virtio-sound-pci' is not a valid device model name\" >&2; exit 1");
        string line = Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Contains("This QEMU has no virtio-sound: it needs 8.2 or newer (Debian 12: from bookworm-backports).", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo 'no room left' >&2; exit 1", "QEMU ended while it started: no room left")]
    [InlineData("exit 0", "QEMU ended while it started: it did not say why")]
    public void Play_OnAQemuThatEnds_FailsAndSaysWhy(string script, string expected) =>
        Assert.Contains(expected, PlayOn(script).Error, StringComparison.Ordinal);

    public void Dispose() => _cli.Dispose();

    private CliResult PlayOn(string script)
    {
        string program = _cli.File("qemu");
        File.WriteAllText(program, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 2, 48000), new byte[400]);
        return _cli.Run("play", input, "--device", $"virtio,transport=qemu-pci,qemu={program}").Expect(1);
    }
}
