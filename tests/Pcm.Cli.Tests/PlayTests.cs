using Pcm.Backends;

namespace Pcm.Cli.Tests;

public sealed class PlayTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    public static TheoryData<PcmFormat, int, int, int> Formats => new()
    {
        { PcmFormat.U8, 1, 8000, 1 },
        { PcmFormat.S16LE, 2, 48000, 144_001 },
        { PcmFormat.S24In3LE, 3, 44100, 10_007 },
        { PcmFormat.S32LE, 8, 96000, 5000 },
        { PcmFormat.Float32LE, 32, 192000, 777 },
        { PcmFormat.Float64LE, 1, 12345, 30_011 },
        { PcmFormat.ALaw, 2, 8000, 8001 },
        { PcmFormat.MuLaw, 1, 4000, 0 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Play_IntoAWavDevice_IsTheSameFile(PcmFormat format, int channels, int rate, int frames)
    {
        var wav = new WavFormat(format, channels, rate);
        string input = _cli.WriteWav("in.wav", wav, Cli.Noise(frames * wav.FrameBytes));
        CliResult result = _cli.Run("play", input, "--device", "wav:" + _cli.File("out.wav"), "--clock", "virtual").Expect(0);
        Assert.Equal(File.ReadAllBytes(input), File.ReadAllBytes(_cli.File("out.wav")));
        Assert.Contains($"played {frames} frames", result.Output, StringComparison.Ordinal);
        Assert.Contains(" 0 xruns", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(50_003)]
    public void Play_ThroughVirtio_CarriesTheSameData(int frames)
    {
        byte[] data = Cli.Noise(frames * 4);
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 2, 48000), data);
        CliResult result = _cli.Run("play", input, "--device", $"virtio,sink=wav:{_cli.File("out.wav")}", "--clock", "virtual", "--json").Expect(0);
        Assert.Equal(data, _cli.ReadWav("out.wav", out _));
        Assert.Contains("\"xruns\":0,", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"Setup\"", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_WithTheLayoutAskedFor_UsesExactlyThat()
    {
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 2, 48000), Cli.Noise(4 * 1000));
        CliResult result = _cli.Run(
            "play", input, "--device", "null", "--clock", "virtual", "--period-frames", "480", "--periods", "3", "--start-threshold", "480", "--json").Expect(0);
        Assert.Equal(
            $$"""{"command":"play","file":"{{input}}","device":"null","format":"S16_LE","channels":2,"rate":48000,"periodFrames":480,"bufferFrames":1440,"frames":1000,"xruns":0,"maxDelayFrames":1000,"state":"Setup"}""",
            result.Output.TrimEnd());
    }

    [Fact]
    public void Play_OfRawFrames_NeedsAndUsesTheFormat()
    {
        _cli.Input = Cli.Noise(3 * 1001);
        string sink = "wav:" + _cli.File("out.wav");
        Assert.Contains("--format, --rate and --channels", _cli.Run("play", "-", "--device", sink).Expect(2).Error, StringComparison.Ordinal);
        _cli.Run("play", "-", "--device", sink, "--clock", "virtual", "--format", "S24_3LE", "--rate", "8000", "--channels", "1").Expect(0);
        Assert.Equal(_cli.Input, _cli.ReadWav("out.wav", out WavFormat format));
        Assert.Equal(new WavFormat(PcmFormat.S24In3LE, 1, 8000), format);
    }

    [Fact]
    public void Play_OfRawFramesThatEndInsideOne_PlaysTheWholeOnesAndFails()
    {
        _cli.Input = Cli.Noise(4001);
        CliResult result = _cli.Run(
            "play", "-", "--device", "wav:" + _cli.File("out.wav"), "--clock", "virtual", "--format", "S16_LE", "--rate", "8000", "--channels", "1").Expect(1);
        Assert.Contains("2000 frames: the input ends 1 bytes into a frame of 2", result.Error, StringComparison.Ordinal);
        Assert.Equal(_cli.Input[..4000], _cli.ReadWav("out.wav", out _));
    }

    [Fact]
    public void Play_OfATruncatedFile_PlaysWhatThereIsAndFails()
    {
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), Cli.Noise(2000));
        File.WriteAllBytes(input, File.ReadAllBytes(input)[..^501]);
        CliResult result = _cli.Run("play", input, "--device", "wav:" + _cli.File("out.wav"), "--clock", "virtual", "--json").Expect(1);
        Assert.Contains("749 frames: WAV, byte", result.Error, StringComparison.Ordinal);
        Assert.StartsWith("""{"command":"play","error":{"message":"'""", result.Output, StringComparison.Ordinal);
        Assert.Equal(1498, _cli.ReadWav("out.wav", out _).Length);
    }

    [Fact]
    public void Play_OfWhatIsNoWav_FailsWithOneSentenceAndTouchesNothing()
    {
        File.WriteAllText(_cli.File("in.wav"), "this is a letter to my aunt");
        string sink = "wav:" + _cli.File("out.wav");
        CliResult result = _cli.Run("play", _cli.File("in.wav"), "--device", sink).Expect(1);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Contains("cannot be played: WAV, byte 0", result.Error, StringComparison.Ordinal);
        Assert.Contains("absent.wav", _cli.Run("play", _cli.File("absent.wav"), "--device", sink).Expect(1).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_cli.File("out.wav")));
    }

    [Fact]
    public void Play_WhatTheDeviceCannotHave_SaysWhatItHas()
    {
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.Float64LE, 5, 96000), Cli.Noise(40));
        CliResult result = _cli.Run("play", input, "--device", "null", "--json").Expect(1);
        Assert.Contains("hw_params failed: EINVAL", result.Error, StringComparison.Ordinal);
        Assert.Contains("does not have FLOAT64_LE, 5 channels, 96000 Hz; it has U8 S16_LE; 1 to 2 channels; 5500 to 48000 Hz", result.Error, StringComparison.Ordinal);
        Assert.Contains("\"operation\":\"hw_params\",\"errno\":\"EINVAL\"", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_AWavAgainstItsFormat_IsAUsageError()
    {
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), []);
        Assert.Contains("pcm does not convert", _cli.Run("play", input, "--device", "null", "--rate", "9000").Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_IntoASinkThatCannotBeCreated_NamesIt()
    {
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), Cli.Noise(20));
        CliResult result = _cli.Run("play", input, "--device", "wav:" + _cli.File("absent/out.wav")).Expect(1);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Contains("open failed: ENOENT", result.Error, StringComparison.Ordinal);
        Assert.Contains(_cli.File("absent/out.wav"), result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_IntoTheFileItReads_FailsAndLeavesIt()
    {
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), Cli.Noise(20));
        byte[] before = File.ReadAllBytes(input);
        Assert.Contains("EBUSY", _cli.Run("play", input, "--device", "wav:" + input).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(input));
    }

    [Fact]
    public void Play_Interrupted_FinishesTheFileAndExits130()
    {
        using var stop = new CancellationTokenSource();
        _cli.Stop = stop.Token;
        byte[] data = Cli.Noise(2 * 100_000);
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), data);
        _cli.Devices = new Devices.DeviceTable(new StoppingDeviceFactory(stop, afterFrames: 20_000));
        CliResult result = _cli.Run("play", input, "--device", "stopping:" + _cli.File("out.wav"), "--clock", "virtual").Expect(130);
        Assert.Contains("interrupted", result.Error, StringComparison.Ordinal);
        byte[] played = _cli.ReadWav("out.wav", out _);
        Assert.InRange(played.Length, 40_000, 60_000);
        Assert.Equal(data[..played.Length], played);
    }

    [Fact]
    public void Play_InterruptedWhileTheInputIsSilent_ClosesAndExits130()
    {
        using var stop = new CancellationTokenSource();
        using var input = new SilentInput(stop);
        _cli.Stop = stop.Token;
        _cli.InputStream = input;
        var factory = new DeadDeviceFactory();
        _cli.Devices = new Devices.DeviceTable(factory);
        _cli.Run("play", "-", "--device", "dead", "--clock", "real", "--format", "S16_LE", "--rate", "8000", "--channels", "1").Expect(130);
        Assert.Equal(["open", "hw_params", "prepare", "hw_free", "close"], factory.Ops.Calls);
    }

    [Fact]
    public void Play_OfAnInputThatFails_SaysWhatThereWas()
    {
        _cli.InputStream = new FailingInput();
        CliResult result = _cli.Run(
            "play", "-", "--device", "wav:" + _cli.File("out.wav"), "--clock", "virtual", "--format", "U8", "--rate", "8000", "--channels", "1").Expect(1);
        Assert.Contains("0 frames: the cable was pulled", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_IntoADeviceThatStopsAnswering_FailsAfterTheTimeOutAndCloses()
    {
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), Cli.Noise(200_000));
        var factory = new DeadDeviceFactory();
        _cli.Devices = new Devices.DeviceTable(factory);
        CliResult result = _cli.Run("play", input, "--device", "dead", "--clock", "virtual", "--timeout", "3s").Expect(1);
        Assert.Contains("write failed: EIO", result.Error, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(3), factory.Ops.Lived);
        Assert.Equal(["open", "hw_params", "prepare", "Start", "Stop", "hw_free", "close"], factory.Ops.Calls);
    }

    [Fact]
    public void Play_OnATerminal_ShowsALineThatIsClearedAtTheEnd()
    {
        _cli.IsInteractive = true;
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), Cli.Noise(20_000));
        CliResult result = _cli.Run("play", input, "--device", "null", "--clock", "virtual").Expect(0);
        string text = System.Text.RegularExpressions.Regex.Replace(result.Output, "\u001b\\[[0-9;?]*[A-Za-z]", ""); // colours depend on the terminal
        Assert.Contains("xruns 0", text, StringComparison.Ordinal);
        Assert.Contains("done played 10000 frames (1.250 s), 0 xruns", text, StringComparison.Ordinal);
    }

    /// <summary>Nobody writes, and while the reader waits somebody presses Ctrl-C.</summary>
    private sealed class SilentInput(CancellationTokenSource stop) : MemoryStream
    {
        private readonly ManualResetEventSlim _closed = new();

        public override int Read(Span<byte> buffer)
        {
            stop.Cancel();
            _closed.Wait(CancellationToken.None);
            return 0;
        }

        protected override void Dispose(bool disposing)
        {
            _closed.Set();
            base.Dispose(disposing);
        }
    }

    private sealed class FailingInput : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("the cable was pulled");
    }
}
