using System.Runtime.InteropServices;
using Pcm.Testing;

namespace Pcm.Virtio.Tests;

/// <summary>What a <see cref="SoundBench"/> is made of.</summary>
internal sealed record SoundBenchOptions
{
    public int Playback { get; init; } = 1;

    public int Capture { get; init; }

    public bool CanPause { get; init; } = true;

    public VirtioSoundPcmFeatures Features { get; init; } = VirtioSoundPcmFeatures.XRunEvents | VirtioSoundPcmFeatures.MessagePolling;

    public VirtioFeatures RingFeatures { get; init; } = VirtioFeatures.RingBits;

    public IReadOnlyList<VirtioSoundJackOptions> Jacks { get; init; } = [];

    public IReadOnlyList<VirtioSoundChannelMapOptions> ChannelMaps { get; init; } = [];

    public IReadOnlyList<VirtioSoundControlOptions> Controls { get; init; } = [];

    public VirtioSoundQuirks Quirks { get; init; }

    public bool AcceptsNeedlessRelease { get; init; } = true;

    public int QueueSize { get; init; } = 64;

    public ushort MaxQueueSize { get; init; } = 256;

    public bool Starts { get; init; } = true;

    public PcmHardware Hardware { get; init; } = ClockedOps.DefaultHardware;

    /// <summary>Makes the audio sides, instead of clocked ones; the streams offer what these can do.</summary>
    public Func<PcmServices, Task<(PcmCard Card, PcmSubstream[] Substreams)>>? MakeCard { get; init; }

    /// <summary>What the streams offer; null: all of the hardware's.</summary>
    public PcmFormats? OfferedFormats { get; init; }
}

/// <summary>A device with clocked audio sides, and a raw driver, in one process on one virtual clock. Playback streams come first.</summary>
internal sealed class SoundBench : IDisposable
{
    /// <summary>S16, stereo, 48 kHz: 10 ms.</summary>
    public const int PeriodFrames = 480;
    public const int PeriodBytes = PeriodFrames * 4;
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    private readonly int _queueSize;

    public SoundBench(SoundBenchOptions? options = null)
    {
        options ??= new SoundBenchOptions();
        Services = new PcmServices(Clock, Clock.Scheduler);
        VirtioSoundStreamOptions[] streams;
        if (options.MakeCard is { } makeCard)
        {
            (Card, PcmSubstream[] substreams) = Clock.Run(() => makeCard(Services));
            Substreams = substreams;
            streams = Clock.Run(async () =>
            {
                List<VirtioSoundStreamOptions> described = [];
                foreach (PcmSubstream substream in substreams)
                {
                    described.Add(await VirtioSoundStreamOptions.DescribeAsync(substream));
                }

                return described.ToArray();
            });
        }
        else
        {
            Card = new PcmCard("bench", "Bench", Services);
            Substreams = AddClockedDevice(options);
            streams = [.. Substreams.Select(substream => Describe(substream, options))];
        }

        Device = new VirtioSoundDevice(new VirtioSoundDeviceOptions
        {
            Streams = streams,
            Jacks = options.Jacks,
            ChannelMaps = options.ChannelMaps,
            Controls = options.Controls,
            Quirks = options.Quirks,
            AcceptsNeedlessRelease = options.AcceptsNeedlessRelease,
        });
        Transport = new InProcessTransport(Device, Clock.Scheduler, new InProcessTransportOptions
        {
            RingFeatures = options.RingFeatures,
            MaxQueueSize = options.MaxQueueSize,
            DirectInterrupts = true,
        });
        Driver = new RawSoundDriver(Clock);
        Transport.Attach(Driver);
        _queueSize = options.QueueSize;
        Clock.Run(() => Driver.NegotiateAsync(Transport, _queueSize));
        if (options.Starts)
        {
            Driver.Device.Start();
            Settle();
        }
    }

    public VirtualClock Clock { get; } = new();

    public PcmServices Services { get; }

    public PcmCard Card { get; }

    public List<ClockedOps> Ops { get; } = [];

    public IReadOnlyList<PcmSubstream> Substreams { get; }

    public VirtioSoundDevice Device { get; }

    public InProcessTransport Transport { get; }

    public RawSoundDriver Driver { get; }

    private PcmSubstream[] AddClockedDevice(SoundBenchOptions options)
    {
        PcmHardware hardware = options.CanPause ? options.Hardware : options.Hardware with { Info = options.Hardware.Info & ~PcmInfo.Pause };
        for (int i = 0; i < options.Playback + options.Capture; i++)
        {
            Ops.Add(new ClockedOps(i < options.Playback ? PcmDirection.Playback : PcmDirection.Capture, Clock) { Capabilities = hardware });
        }

        PcmDevice device = Card.AddDevice(new PcmDeviceDescription
        {
            Name = "bench",
            Playback = [.. Ops.Take(options.Playback)],
            Capture = [.. Ops.Skip(options.Playback)],
        });
        return [.. device.Playback, .. device.Capture];
    }

    private static VirtioSoundStreamOptions Describe(PcmSubstream substream, SoundBenchOptions options) => new()
    {
        Substream = substream,
        Formats = options.OfferedFormats ?? options.Hardware.Formats,
        Rates = [8000, 44100, 48000],
        ChannelsMax = 8,
        Features = options.Features,
    };

    public static byte[] Bytes<T>(in T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    public void Settle() => Clock.RunUntilIdle();

    public void Advance(TimeSpan time) => Clock.Advance(time);

    /// <summary>Sends a request and lets it be answered at this instant.</summary>
    public RawMessage Request(byte[] request, int room = 4)
    {
        RawMessage message = Driver.Send(VirtioSoundQueues.Control, request, room);
        Settle();
        return message;
    }

    public VirtioSoundStatusCode Command(VirtioSoundRequest code, int stream = 0)
    {
        RawMessage message = Request(CommandBytes(code, stream));
        Assert.Equal(4, message.Used);
        return message.Status;
    }

    public static byte[] CommandBytes(VirtioSoundRequest code, int stream = 0) =>
        Bytes(new VirtioSoundPcmHeader { Code = (uint)code, StreamId = (uint)stream });

    public static VirtioSoundPcmSetParams Parameters(
        int stream = 0, int periodBytes = PeriodBytes, int periods = 4, VirtioSoundPcmFeatures features = VirtioSoundPcmFeatures.None) => new()
        {
            Code = (uint)VirtioSoundRequest.PcmSetParams,
            StreamId = (uint)stream,
            BufferBytes = (uint)(periodBytes * periods),
            PeriodBytes = (uint)periodBytes,
            Features = (uint)features,
            Channels = 2,
            Format = 5, // S16
            Rate = 7,   // 48000
        };

    public VirtioSoundStatusCode SetParams(in VirtioSoundPcmSetParams parameters)
    {
        RawMessage message = Request(Bytes(parameters));
        Assert.Equal(4, message.Used);
        return message.Status;
    }

    /// <summary>SET_PARAMS and PREPARE.</summary>
    public void Prepare(int stream = 0, VirtioSoundPcmFeatures features = VirtioSoundPcmFeatures.None, int periods = 4)
    {
        Assert.Equal(VirtioSoundStatusCode.Ok, SetParams(Parameters(stream, periods: periods, features: features)));
        Assert.Equal(VirtioSoundStatusCode.Ok, Command(VirtioSoundRequest.PcmPrepare, stream));
    }

    public void Ok(VirtioSoundRequest code, int stream = 0) => Assert.Equal(VirtioSoundStatusCode.Ok, Command(code, stream));

    /// <summary>A playback message; not sent yet.</summary>
    public RawMessage MakeOutput(ReadOnlySpan<byte> audio, int stream = 0, int cut = int.MaxValue) =>
        Driver.Make(VirtioSoundQueues.Playback, [.. Bytes(new VirtioSoundPcmTransfer { StreamId = (uint)stream }), .. audio], 8, cut);

    public RawMessage SendOutput(ReadOnlySpan<byte> audio, int stream = 0, int cut = int.MaxValue) => Send(MakeOutput(audio, stream, cut));

    /// <summary>A capture message; not sent yet.</summary>
    public RawMessage MakeInput(int bytes, int stream = 0, int cut = int.MaxValue) =>
        Driver.Make(VirtioSoundQueues.Capture, Bytes(new VirtioSoundPcmTransfer { StreamId = (uint)stream }), bytes + 8, cut);

    public RawMessage SendInput(int bytes = PeriodBytes, int stream = 0, int cut = int.MaxValue) => Send(MakeInput(bytes, stream, cut));

    /// <summary>Sends, and lets the device look.</summary>
    public RawMessage Send(RawMessage message)
    {
        Driver.Add(message);
        Driver.Kick(message.Queue);
        Settle();
        return message;
    }

    /// <summary>Audio that never repeats within what a test plays: the number of the frame in its bytes.</summary>
    public static byte[] Audio(int firstFrame, int frames)
    {
        var bytes = new byte[frames * 4];
        for (int i = 0; i < frames; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i * 4), (firstFrame + i) ^ 0x5A000000);
        }

        return bytes;
    }

    /// <summary>An empty event buffer.</summary>
    public RawMessage PostEventBuffer(int bytes = 8, bool kick = true)
    {
        RawMessage message = Driver.Make(VirtioSoundQueues.Event, [], bytes);
        Driver.Add(message);
        if (kick)
        {
            Driver.Kick(VirtioSoundQueues.Event);
        }
        else
        {
            Driver.PublishSilently(VirtioSoundQueues.Event);
        }

        Settle();
        return message;
    }

    public static VirtioSoundEvent Event(RawMessage message) => MemoryMarshal.Read<VirtioSoundEvent>(message.Writable);

    /// <summary>Resets the device and starts again, as a driver that is loaded anew.</summary>
    public void Renegotiate()
    {
        Clock.Run(async () =>
        {
            await Driver.Device.DisposeAsync();
            await Driver.NegotiateAsync(Transport, _queueSize);
        });
        Driver.Device.Start();
        Settle();
    }

    public void Dispose()
    {
        Advance(TimeSpan.FromSeconds(1)); // what is under way ends where it began, outside Run
        Clock.Run(async () =>
        {
            await Driver.Device.DisposeAsync();
            await Transport.DisposeAsync();
            await Card.DisposeAsync();
        });
        Assert.All(Ops, static ops => Assert.False(ops.IsOpen));
    }
}
