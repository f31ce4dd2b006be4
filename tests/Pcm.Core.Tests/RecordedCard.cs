using Pcm.Testing;

namespace Pcm.Core.Tests;

/// <summary>Streams over recording ops on a virtual clock: 48 kHz, period 256, buffer 1024, stereo S16 unless said otherwise.</summary>
internal sealed class RecordedCard
{
    private readonly List<PcmSubstream> _streams = [];
    private readonly List<RecordingOps> _ops = [];

    /// <summary>One stream per letter of <paramref name="directions"/>: p or c; they are called A, B, C.</summary>
    public RecordedCard(string directions, PcmHardware? hardware = null, PcmOptions? options = null)
    {
        var services = new PcmServices(Clock, Clock.Scheduler, options: options);
        foreach (char direction in directions)
        {
            _ops.Add(new RecordingOps(((char)('A' + _ops.Count)).ToString(), hardware, Log));
        }

        Card = new PcmCard("rec", "Recorded", services);
        PcmDevice device = Card.AddDevice(new PcmDeviceDescription
        {
            Name = "recorded",
            Playback = [.. _ops.Where((_, i) => directions[i] == 'p')],
            Capture = [.. _ops.Where((_, i) => directions[i] == 'c')],
        });
        int playback = 0, capture = 0;
        foreach (char direction in directions)
        {
            _streams.Add(direction == 'p' ? device.Playback[playback++] : device.Capture[capture++]);
        }
    }

    public VirtualClock Clock { get; } = new();

    public RecordingLog Log { get; } = new();

    public PcmCard Card { get; }

    public IReadOnlyList<PcmSubstream> Streams => _streams;

    public IReadOnlyList<RecordingOps> AllOps => _ops;

    public PcmSubstream Stream => _streams[0];

    public RecordingOps Ops => _ops[0];

    public PcmRuntime Runtime => Stream.Runtime!;

    /// <summary>States of all streams, such as <c>Running,Prepared</c>.</summary>
    public string States => string.Join(',', _streams.Select(static s => s.State));

    public static PcmHwParams Request(int period = 256, int buffer = 1024, int channels = 2, int rate = 48000, PcmAccess access = PcmAccess.ReadWriteInterleaved) => new()
    {
        Access = access,
        Format = PcmFormat.S16LE,
        Channels = channels,
        Rate = rate,
        PeriodFrames = period,
        BufferFrames = buffer,
    };

    /// <summary>Runs a verb in virtual time, and what it leaves to be done.</summary>
    public PcmError Run(Func<PcmSubstream, ValueTask<PcmError>> verb, int stream = 0)
    {
        PcmError error = Clock.Run(async () => await verb(_streams[stream]));
        Clock.RunUntilIdle();
        return error;
    }

    /// <summary>Lets what is ready run; for use inside a program in virtual time.</summary>
    public Task SettleAsync() => Clock.WaitUntilAsync(Clock.NowNs + 1);

    /// <summary>Opens and configures, up to PREPARED; the log starts empty.</summary>
    public RecordedCard Prepare(int stream = 0, PcmHwParams? request = null, Func<PcmSwParams, PcmSwParams>? swParams = null)
    {
        PcmSubstream substream = _streams[stream];
        Assert.Equal(PcmError.None, Run(static s => s.OpenAsync(), stream));
        Assert.Equal(PcmError.None, Run(s => s.HwParamsAsync(request ?? Request()), stream));
        if (swParams is not null)
        {
            Assert.Equal(PcmError.None, substream.SetSwParams(swParams(substream.GetSwParams())));
        }

        Assert.Equal(PcmError.None, Run(static s => s.PrepareAsync(), stream));
        Log.Take();
        return this;
    }

    /// <summary>PREPARED with so many frames queued; only start starts it.</summary>
    public RecordedCard Queue(int frames, int stream = 0)
    {
        Prepare(stream, swParams: static p => p with { StartThreshold = long.MaxValue });
        Assert.Equal(PcmError.None, _streams[stream].Write(new byte[frames * 4], out int written));
        Assert.Equal(frames, written);
        Log.Take();
        return this;
    }

    /// <summary>A hardware interrupt.</summary>
    public void Interrupt(long frame, int stream = 0)
    {
        _ops[stream].Position = new PcmPosition(frame);
        _streams[stream].Runtime!.PeriodElapsed();
    }
}
