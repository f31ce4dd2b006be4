using Pcm.Backends;

namespace Pcm.Cli.Tests;

public sealed class RecordTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("wav:", "500f")]
    [InlineData("wav:", "100ms")]
    [InlineData("virtio,source=wav:", "3001f")]
    public void Record_PartOfASource_IsItsBeginning(string device, string duration)
    {
        byte[] data = Cli.Noise(4 * 48000);
        string source = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 2, 48000), data);
        CliResult result = _cli.Run("record", _cli.File("out.wav"), "--device", device + source, "--duration", duration, "--clock", "virtual").Expect(0);
        byte[] recorded = _cli.ReadWav("out.wav", out WavFormat format);
        int frames = duration == "100ms" ? 4800 : int.Parse(duration[..^1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(new WavFormat(PcmFormat.S16LE, 2, 48000), format);
        Assert.Equal(data[..(4 * frames)], recorded);
        Assert.Contains($"recorded {frames} frames", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wav:")]
    [InlineData("virtio,source=wav:")]
    public void Record_ASourceThatEndsEarlier_GivesWhatThereIsAndANote(string device)
    {
        byte[] data = Cli.Noise(4 * 10_007);
        string source = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 2, 48000), data);
        CliResult result = _cli.Run("record", _cli.File("out.wav"), "--device", device + source, "-d", "60s", "--clock", "virtual", "--json").Expect(0);
        Assert.Equal(data, _cli.ReadWav("out.wav", out _));
        Assert.Contains("\"note\":\"the source ended after 10007 of 2880000 frames\"", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_FromATruncatedSource_KeepsWhatThereIsAndFails()
    {
        byte[] data = Cli.Noise(2000);
        string source = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), data);
        File.WriteAllBytes(source, File.ReadAllBytes(source)[..^500]);
        CliResult result = _cli.Run("record", _cli.File("out.wav"), "--device", "wav:" + source, "-d", "1s", "--clock", "virtual").Expect(1);
        Assert.Contains("has the 750 frames that there were", result.Error, StringComparison.Ordinal);
        Assert.Equal(data[..1500], _cli.ReadWav("out.wav", out _));
    }

    [Fact]
    public void Record_FromTheNullDevice_IsSilenceInTheFormatAskedFor()
    {
        _cli.Run("record", _cli.File("out.wav"), "--device", "null", "-d", "1000f", "--clock", "virtual", "-f", "U8", "-r", "11025", "-c", "1").Expect(0);
        byte[] recorded = _cli.ReadWav("out.wav", out WavFormat format);
        Assert.Equal(new WavFormat(PcmFormat.U8, 1, 11025), format);
        Assert.Equal(Enumerable.Repeat((byte)0x80, 1000), recorded);
    }

    [Fact]
    public void Record_WithoutAFormat_TakesThePreferredOne()
    {
        _cli.Run("record", _cli.File("out.wav"), "--device", "null", "-d", "100f", "--clock", "virtual").Expect(0);
        _cli.ReadWav("out.wav", out WavFormat format);
        Assert.Equal(new WavFormat(PcmFormat.S16LE, 2, 48000), format);
    }

    [Fact]
    public void Record_WhatCannotBe_FailsBeforeTheFileIsTouched()
    {
        File.WriteAllText(_cli.File("out.wav"), "precious");
        string source = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), []);
        string[] common = ["record", _cli.File("out.wav"), "-d", "1s", "--clock", "virtual", "--device"];
        Assert.Contains("8000 Hz", _cli.Run([.. common, "wav:" + source, "-r", "9000"]).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("a WAV cannot carry S16_BE", _cli.Run([.. common, "null", "-f", "S16_BE"]).Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("absent.wav", _cli.Run([.. common, "wav:" + _cli.File("absent.wav")]).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(_cli.File("out.wav")));
    }

    [Fact]
    public void Record_IntoAFileThatCannotBeWritten_Says()
    {
        CliResult result = _cli.Run("record", _cli.File("absent/out.wav"), "-d", "1s", "--clock", "virtual", "--device", "null").Expect(1);
        Assert.Contains("cannot be written", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_Interrupted_KeepsWhatWasRecordedAndExits130()
    {
        using var stop = new CancellationTokenSource();
        _cli.Stop = stop.Token;
        byte[] data = Cli.Noise(2 * 100_000);
        string source = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), data);
        _cli.Devices = new Devices.DeviceTable(new StoppingDeviceFactory(stop, afterFrames: 20_000));
        CliResult result = _cli.Run("record", _cli.File("out.wav"), "--device", "stopping:" + source, "-d", "100s", "--clock", "virtual").Expect(130);
        byte[] recorded = _cli.ReadWav("out.wav", out _);
        Assert.InRange(recorded.Length, 30_000, 60_000);
        Assert.Equal(data[..recorded.Length], recorded);
        Assert.Contains($"has the {recorded.Length / 2} frames", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("0s")]
    [InlineData("soon")]
    public void Record_ForNoDuration_IsAUsageError(string duration) =>
        Assert.Contains($"'{duration}' is no duration", _cli.Run("record", _cli.File("out.wav"), "-d", duration).Expect(2).Error, StringComparison.Ordinal);
}
