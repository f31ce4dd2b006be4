namespace Pcm.Virtio.Tests;

/// <summary>What a stream can be set to, and what it can be made of.</summary>
public sealed class SoundParameterTests
{
    [Fact]
    public void D22_SetParams_Sweep_RejectsWhatIsNotOfferedAndKeepsTheOld()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        VirtioSoundPcmSetParams good = SoundBench.Parameters();
        (VirtioSoundPcmSetParams Parameters, VirtioSoundStatusCode Expected)[] cases =
        [
            (good with { PeriodBytes = 0 }, VirtioSoundStatusCode.BadMessage),
            (good with { BufferBytes = 0 }, VirtioSoundStatusCode.BadMessage),
            (good with { BufferBytes = 7681 }, VirtioSoundStatusCode.BadMessage),
            (good with { BufferBytes = 960 }, VirtioSoundStatusCode.BadMessage),
            (good with { PeriodBytes = uint.MaxValue }, VirtioSoundStatusCode.BadMessage),
            (good with { Channels = 0 }, VirtioSoundStatusCode.BadMessage),
            (good with { Channels = 9 }, VirtioSoundStatusCode.NotSupported),
            (good with { Channels = 255 }, VirtioSoundStatusCode.NotSupported),
            (good with { Format = 25 }, VirtioSoundStatusCode.BadMessage),
            (good with { Format = 255 }, VirtioSoundStatusCode.BadMessage),
            (good with { Format = 0 }, VirtioSoundStatusCode.NotSupported),
            (good with { Format = 20 }, VirtioSoundStatusCode.NotSupported),
            (good with { Rate = 16 }, VirtioSoundStatusCode.BadMessage),
            (good with { Rate = 255 }, VirtioSoundStatusCode.BadMessage),
            (good with { Rate = 10 }, VirtioSoundStatusCode.NotSupported),
            (good with { Features = 1 }, VirtioSoundStatusCode.NotSupported), // SHMEM_HOST
            (good with { Features = 2 }, VirtioSoundStatusCode.NotSupported), // SHMEM_GUEST
            (good with { Features = 8 }, VirtioSoundStatusCode.NotSupported),
            (good with { Features = 0x8000_0000 }, VirtioSoundStatusCode.NotSupported),
            (good with { PeriodBytes = 1922, BufferBytes = 1922 * 4 }, VirtioSoundStatusCode.NotSupported), // half a frame
        ];
        foreach ((VirtioSoundPcmSetParams parameters, VirtioSoundStatusCode expected) in cases)
        {
            Assert.Equal(expected, bench.SetParams(parameters));
            Assert.Equal(SoundStreamState.Prepared, bench.Device.GetState(0));
        }

        // The old ones stay valid: a period still takes 10 ms.
        RawMessage message = bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(SoundBench.Period);
        Assert.Equal(VirtioSoundStatusCode.Ok, message.IoStatus);
        Assert.Equal(SoundBench.Audio(0, SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void SetParams_EveryOfferedCombination_ReachesTheBackendExactly()
    {
        using var bench = new SoundBench();
        foreach ((byte format, string name, int bytes) in ((byte, string, int)[])[(4, "U8", 1), (5, "S16LE", 2), (11, "S24In3LE", 3), (17, "S32LE", 4), (19, "Float32LE", 4)])
        {
            foreach ((byte rate, int hertz) in ((byte, int)[])[(1, 8000), (6, 44100), (7, 48000)])
            {
                for (byte channels = 1; channels <= 8; channels++)
                {
                    uint period = (uint)(bytes * channels * 100);
                    Assert.Equal(
                        VirtioSoundStatusCode.Ok,
                        bench.SetParams(SoundBench.Parameters() with { Format = format, Rate = rate, Channels = channels, PeriodBytes = period, BufferBytes = 3 * period }));
                    bench.Ok(VirtioSoundRequest.PcmPrepare);
                    Assert.Equal($"hw_params {name} {channels} {hertz} 100 300", bench.Ops[0].Log.Last(static line => line.StartsWith("hw_params", StringComparison.Ordinal)));
                }
            }
        }
    }

    [Fact]
    public void SetParams_BackendWithoutThatPeriod_TakesANearOne()
    {
        using var bench = new SoundBench(new SoundBenchOptions { Hardware = ClockedOps.DefaultHardware with { PeriodBytesMin = 4096, PeriodBytesMax = 4096, PeriodsMin = 2, PeriodsMax = 2 } });
        bench.Prepare();
        Assert.Contains("hw_params S16LE 2 48000 1024 2048", bench.Ops[0].Log);
    }

    [Fact]
    public void SetParams_BackendBusy_IsIOErrorAndTheStreamStaysIdle()
    {
        using var bench = new SoundBench();
        Assert.Equal(PcmError.None, bench.Clock.Run(() => bench.Substreams[0].OpenAsync().AsTask()));
        Assert.Equal(VirtioSoundStatusCode.IOError, bench.SetParams(SoundBench.Parameters()));
        Assert.Equal(SoundStreamState.Idle, bench.Device.GetState(0));
        bench.Clock.Run(() => bench.Substreams[0].CloseAsync().AsTask());
        Assert.Equal(VirtioSoundStatusCode.Ok, bench.SetParams(SoundBench.Parameters()));
    }

    [Fact]
    public void Prepare_BackendRefuses_IsIOErrorAndCanBeRepeated()
    {
        using var bench = new SoundBench();
        Assert.Equal(VirtioSoundStatusCode.Ok, bench.SetParams(SoundBench.Parameters()));
        bench.Ops[0].HwParamsResult = PcmError.NoMemory;
        Assert.Equal(VirtioSoundStatusCode.IOError, bench.Command(VirtioSoundRequest.PcmPrepare));
        bench.Ops[0].HwParamsResult = PcmError.None;
        bench.Ops[0].PrepareResult = PcmError.TimedOut;
        Assert.Equal(VirtioSoundStatusCode.IOError, bench.Command(VirtioSoundRequest.PcmPrepare));
        Assert.Equal(SoundStreamState.Configured, bench.Device.GetState(0));
        bench.Ops[0].PrepareResult = PcmError.None;
        bench.Ok(VirtioSoundRequest.PcmPrepare);
        bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Ops[0].StartResult = PcmError.IO;
        Assert.Equal(VirtioSoundStatusCode.IOError, bench.Command(VirtioSoundRequest.PcmStart));
        Assert.Equal(SoundStreamState.Prepared, bench.Device.GetState(0));
        bench.Ops[0].StartResult = PcmError.None;
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(SoundBench.Period);
        Assert.Equal(SoundBench.Audio(0, SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void Options_Impossible_AreRefusedWithTheReason()
    {
        using var bench = new SoundBench();
        VirtioSoundStreamOptions good = new() { Substream = bench.Substreams[0], Formats = [PcmFormat.S16LE], Rates = [48000] };
        (VirtioSoundStreamOptions Options, string Problem)[] cases =
        [
            (good with { Formats = [] }, "no format"),
            (good with { Formats = [PcmFormat.S16BE] }, "S16_BE"),
            (good with { Formats = [PcmFormat.ImaAdpcm] }, "IMA_ADPCM"),
            (good with { Rates = [] }, "no rate"),
            (good with { Rates = [48000, 44000] }, "44000"),
            (good with { ChannelsMin = 0 }, "0 to 2 channels"),
            (good with { ChannelsMin = 3 }, "3 to 2 channels"),
            (good with { ChannelsMax = 256 }, "1 to 256 channels"),
            (good with { Features = VirtioSoundPcmFeatures.SharedGuestMemory }, "SharedGuestMemory"),
        ];
        foreach ((VirtioSoundStreamOptions options, string problem) in cases)
        {
            ArgumentException e = Assert.Throws<ArgumentException>(() => new VirtioSoundDevice(new() { Streams = [options] }));
            Assert.Contains(problem, e.Message, StringComparison.Ordinal);
            Assert.Contains("Stream 0", e.Message, StringComparison.Ordinal);
        }

        Assert.Contains("same substream", Assert.Throws<ArgumentException>(() => new VirtioSoundDevice(new() { Streams = [good, good] })).Message, StringComparison.Ordinal);
        Assert.Contains("19 positions", Assert.Throws<ArgumentException>(() => new VirtioSoundDevice(new()
        {
            ChannelMaps = [new() { Positions = new VirtioSoundChannel[19] }],
        })).Message, StringComparison.Ordinal);
        Assert.Contains("37", Assert.Throws<ArgumentException>(() => new VirtioSoundDevice(new()
        {
            ChannelMaps = [new() { Positions = [(VirtioSoundChannel)37] }],
        })).Message, StringComparison.Ordinal);
        Assert.Contains("1025 jacks", Assert.Throws<ArgumentException>(() => new VirtioSoundDevice(new()
        {
            Jacks = new VirtioSoundJackOptions[1025],
        })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_Substream_OffersWhatTheBackendAcceptsAndVirtioHas()
    {
        using var bench = new SoundBench(new SoundBenchOptions
        {
            Hardware = ClockedOps.DefaultHardware with
            {
                Formats = [PcmFormat.S16LE, PcmFormat.S16BE, PcmFormat.ImaAdpcm, PcmFormat.Float64LE],
                Rates = PcmRates.Continuous,
                RateMin = 11000,
                RateMax = 50000,
                ChannelsMin = 2,
                ChannelsMax = 6,
            },
            Starts = false,
            OfferedFormats = [PcmFormat.S16LE],
        });
        VirtioSoundStreamOptions options = bench.Clock.Run(() => VirtioSoundStreamOptions.DescribeAsync(bench.Substreams[0]).AsTask());
        PcmFormats formats = [PcmFormat.S16LE, PcmFormat.Float64LE];
        Assert.Equal(formats, options.Formats);
        Assert.Equal([11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000], options.Rates.Order());
        Assert.Equal((2, 6), (options.ChannelsMin, options.ChannelsMax));
        Assert.Same(bench.Substreams[0], options.Substream);
        Assert.False(bench.Substreams[0].IsOpen);
    }
}
