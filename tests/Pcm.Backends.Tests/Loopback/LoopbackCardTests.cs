using System.Buffers.Binary;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Pcm.Backends.Loopback;
using Pcm.Testing;

namespace Pcm.Backends.Tests.Loopback;

public class LoopbackCardTests
{
    private readonly VirtualClock _clock = new();
    private readonly PcmCard _card;

    public LoopbackCardTests() => _card = new LoopbackBackend("loop").CreateCard(StreamSetup.Services(_clock));

    /// <summary>What is played is captured, bit for bit, between silence and silence: over many laps of both rings, whatever their sizes.</summary>
    [Fact]
    public void Play_AnyRings_CapturesEveryBitAndNothingElse() =>
        Gen.Select(Gen.Int[64, 600], Gen.Int[3, 6], Gen.Int[64, 600], Gen.Int[3, 6], Gen.Int[1, 9000], Gen.Int[0, 40], Gen.Int[8000, 48000])
            .Sample(static (playPeriod, playPeriods, capturePeriod, capturePeriods, frames, delayMilliseconds, rate) =>
            {
                int[] captured = PlayAndCapture(playPeriod, playPeriods, capturePeriod, capturePeriods, frames, delayMilliseconds, rate);
                int first = Array.IndexOf(captured, 1);
                Assert.True(first >= 0, "Nothing was captured.");
                Assert.All(captured[..first], static v => Assert.Equal(0, v));
                Assert.Equal(Enumerable.Range(1, frames), captured.AsSpan(first, frames).ToArray());
                Assert.All(captured[(first + frames)..], static v => Assert.Equal(0, v));
            }, iter: 60);

    [Fact]
    public void Position_WholeTicks_InterruptsComeATickLate()
    {
        PcmCard card = new LoopbackBackend("l250", new LoopbackOptions { TicksPerSecond = 250 }).CreateCard(StreamSetup.Services(_clock));
        PcmSubstream capture = _clock.Prepare(card.Devices[0].Capture[0], StreamSetup.Request(800, 3200, rate: 8000), StreamSetup.FreeRunning);
        _clock.Run(() => capture.StartAsync());
        var seen = new List<long>();
        for (int i = 0; i < 3; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(105));
            seen.Add(capture.HardwarePosition());
        }

        Assert.Equal([832, 1632, 2432], seen);
    }

    [Fact]
    public void Cable_Substream_CarriesToTheSameNumberOfTheOtherDeviceOnly()
    {
        PcmHwParams request = StreamSetup.Request(64, 256, format: PcmFormat.S32LE, channels: 1);
        PcmSubstream playback = _clock.Prepare(_card.Devices[1].Playback[3], request, StreamSetup.FreeRunning);
        PcmSubstream right = _clock.Prepare(_card.Devices[0].Capture[3], request, StreamSetup.FreeRunning);
        PcmSubstream wrong = _clock.Prepare(_card.Devices[0].Capture[2], request, StreamSetup.FreeRunning);
        PcmSubstream same = _clock.Prepare(_card.Devices[1].Capture[3], request, StreamSetup.FreeRunning);
        foreach (PcmSubstream capture in (PcmSubstream[])[right, wrong, same])
        {
            _clock.Run(() => capture.StartAsync());
        }

        Assert.Equal(PcmError.None, playback.Write(Ramp(1, 256), out _));
        _clock.Advance(TimeSpan.FromMilliseconds(3));

        Assert.Equal([1, 2, 3, 4], Read(right, 4));
        Assert.Equal([0, 0, 0, 0], Read(wrong, 4));
        Assert.Equal([0, 0, 0, 0], Read(same, 4));
    }

    [Fact]
    public void Play_NonInterleaved_KeepsTheChannelsApart()
    {
        PcmHwParams Request() => StreamSetup.Request(64, 256, format: PcmFormat.S32LE, access: PcmAccess.ReadWriteNonInterleaved);
        PcmSubstream playback = _clock.Prepare(_card.Devices[0].Playback[0], Request());
        PcmSubstream capture = _clock.Prepare(_card.Devices[1].Capture[0], Request());
        _clock.Run(() => capture.StartAsync());
        Assert.Equal(PcmError.None, playback.WritePlanar([Ramp(1, 200), Ramp(1001, 200)], out _));
        _clock.Advance(TimeSpan.FromMilliseconds(4));
        byte[] left = new byte[40], right = new byte[40];

        Assert.Equal(PcmError.None, capture.ReadPlanar([left, right], out int read));
        Assert.Equal(10, read);
        Assert.Equal([.. Enumerable.Range(1, 10)], Values(left));
        Assert.Equal([.. Enumerable.Range(1001, 10)], Values(right));
    }

    [Fact]
    public void Pause_Playback_CapturesSilenceMeanwhile()
    {
        PcmHwParams request = StreamSetup.Request(48, 480, format: PcmFormat.S32LE, channels: 1);
        PcmSubstream playback = _clock.Prepare(_card.Devices[0].Playback[0], request);
        PcmSubstream capture = _clock.Prepare(_card.Devices[1].Capture[0], request);
        _clock.Run(() => capture.StartAsync());
        Assert.Equal(PcmError.None, playback.Write(Ramp(1, 480), out _));
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(PcmError.None, _clock.Run(() => playback.PauseAsync(enable: true)));
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(PcmError.None, _clock.Run(() => playback.PauseAsync(enable: false)));
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal([.. Enumerable.Range(1, 96), .. Enumerable.Repeat(0, 96), .. Enumerable.Range(97, 48)], Read(capture, 240));
    }

    [Fact]
    public void Start_CaptureOfAnotherFormat_IsEio()
    {
        (PcmSubstream playback, PcmSubstream capture) = PrepareDifferent(captureFirst: false);
        playback.Write(new byte[400], out _);

        Assert.Equal(PcmError.IO, _clock.Run(() => capture.StartAsync()));
        Assert.Equal(PcmState.Prepared, capture.State);
    }

    [Fact]
    public void Start_PlaybackOfAnotherFormat_DrainsTheRunningCapture()
    {
        (PcmSubstream playback, PcmSubstream capture) = PrepareDifferent(captureFirst: true);
        playback.SetSwParams(playback.GetSwParams() with { StartThreshold = long.MaxValue });
        playback.Write(new byte[400], out _);
        // Capture alone may start while only its own end is prepared; here both are, so it must have been running before.
        Assert.Equal(PcmState.Running, capture.State);

        Assert.Equal(PcmError.None, _clock.Run(() => playback.StartAsync()));
        Assert.Equal(PcmState.Draining, capture.State);
        Assert.Equal(PcmState.Running, playback.State);
    }

    [Fact]
    public void Prepare_FirstEnd_NarrowsTheCableUntilBothAreClosed()
    {
        PcmSubstream playback = _clock.Prepare(_card.Devices[0].Playback[0], StreamSetup.Request(64, 256));
        PcmSubstream capture = _card.Devices[1].Capture[0];
        _clock.Run(() => capture.OpenAsync());
        Assert.Equal(PcmError.InvalidArgument, _clock.Run(() => capture.HwParamsAsync(StreamSetup.Request(64, 256, rate: 44100))));
        Assert.Equal(PcmError.None, _clock.Run(() => playback.HwFreeAsync()));
        Assert.Equal(PcmError.InvalidArgument, _clock.Run(() => playback.HwParamsAsync(StreamSetup.Request(64, 256, channels: 1))));
        _clock.Run(Close(playback));
        Assert.Equal(PcmError.InvalidArgument, _clock.Run(() => capture.HwParamsAsync(StreamSetup.Request(64, 256, rate: 44100))));
        _clock.Run(Close(capture));
        _clock.Run(() => capture.OpenAsync());

        Assert.Equal(PcmError.None, _clock.Run(() => capture.HwParamsAsync(StreamSetup.Request(64, 256, rate: 44100))));
    }

    [Fact]
    public async Task AddLoopback_Options_MakeTheCard()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddSingleton<TimeProvider>(_clock).AddSingleton(_clock.Scheduler)
            .AddPcm().AddLoopback("cables", static o => o.Substreams = 2)
            .Services.BuildServiceProvider();

        PcmCard card = await provider.GetRequiredService<PcmCards>().GetCardAsync("cables", TestContext.Current.CancellationToken);

        Assert.Equal([2, 2], card.Devices.Select(static d => d.Capture.Count));
    }

    [Theory]
    [InlineData(0, 1000, "Substreams is 0; it must be 1 .. 128.")]
    [InlineData(8, 0, "TicksPerSecond is 0; it must be 1 .. 1000000.")]
    public void LoopbackBackend_OptionOutOfRange_SaysWhich(int substreams, int ticks, string problem) => Assert.StartsWith(
        problem,
        Assert.Throws<ArgumentException>(() => new LoopbackBackend("l", new LoopbackOptions { Substreams = substreams, TicksPerSecond = ticks })).Message,
        StringComparison.Ordinal);

    private static Func<ValueTask<PcmError>> Close(PcmSubstream substream) => async () =>
    {
        await substream.CloseAsync();
        return PcmError.None;
    };

    /// <summary>S16 against S32: both get their hw_params before either prepares, because that narrows the cable.</summary>
    private (PcmSubstream Playback, PcmSubstream Capture) PrepareDifferent(bool captureFirst)
    {
        PcmSubstream playback = _card.Devices[0].Playback[0], capture = _card.Devices[1].Capture[0];
        _clock.Run(() => playback.OpenAsync());
        _clock.Run(() => capture.OpenAsync());
        Assert.Equal(PcmError.None, _clock.Run(() => playback.HwParamsAsync(StreamSetup.Request(64, 256, format: PcmFormat.S32LE))));
        Assert.Equal(PcmError.None, _clock.Run(() => capture.HwParamsAsync(StreamSetup.Request(64, 256, format: PcmFormat.S16LE))));
        if (captureFirst)
        {
            Assert.Equal(PcmError.None, _clock.Run(() => capture.PrepareAsync()));
            Assert.Equal(PcmError.None, _clock.Run(() => capture.StartAsync()));
        }

        Assert.Equal(PcmError.None, _clock.Run(() => playback.PrepareAsync()));
        if (!captureFirst)
        {
            Assert.Equal(PcmError.None, _clock.Run(() => capture.PrepareAsync()));
        }

        return (playback, capture);
    }

    private static int[] PlayAndCapture(int playPeriod, int playPeriods, int capturePeriod, int capturePeriods, int frames, int delayMilliseconds, int rate)
    {
        var clock = new VirtualClock();
        PcmCard card = new LoopbackBackend("loop").CreateCard(StreamSetup.Services(clock));
        PcmHwParams Request(int period, int periods) => StreamSetup.Request(period, period * periods, rate, channels: 1, PcmFormat.S32LE);
        PcmSubstream playback = clock.Prepare(card.Devices[0].Playback[0], Request(playPeriod, playPeriods));
        PcmSubstream capture = clock.Prepare(card.Devices[1].Capture[0], Request(capturePeriod, capturePeriods));
        int silence = rate * (delayMilliseconds + 20) / 1000;
        byte[] heard = new byte[(silence + frames + (4 * playPeriod)) * 4];
        clock.Run(async () =>
        {
            Task<PcmTransfer> reading = capture.ReadAsync(heard).AsTask();
            await clock.WaitUntilAsync(delayMilliseconds * 1_000_000L);
            PcmTransfer written = await playback.WriteAsync(Ramp(1, frames));
            Assert.Equal(new PcmTransfer(PcmError.None, frames), written);
            Assert.Equal(PcmError.None, await playback.DrainAsync());
            Assert.Equal(new PcmTransfer(PcmError.None, heard.Length / 4), await reading);
        });
        return Values(heard);
    }

    private static byte[] Ramp(int first, int count)
    {
        byte[] bytes = new byte[count * 4];
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * 4), first + i);
        }

        return bytes;
    }

    private static int[] Values(byte[] bytes) => [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(i * 4)))];

    private static int[] Read(PcmSubstream capture, int frames)
    {
        byte[] bytes = new byte[frames * 4];
        Assert.Equal(PcmError.None, capture.Read(bytes, out int read));
        Assert.Equal(frames, read);
        return Values(bytes);
    }
}
