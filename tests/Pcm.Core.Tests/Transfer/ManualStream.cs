using Pcm.Testing;

namespace Pcm.Core.Tests.Transfer;

/// <summary>One S16 stereo stream of four periods of 64 frames on hardware moved by hand.</summary>
internal sealed class ManualStream
{
    public const int PeriodFrames = 64;
    public const int BufferFrames = 4 * PeriodFrames;
    public const int PeriodBytes = PeriodFrames * 4;

    public ManualStream(PcmDirection direction, PcmOptions? options = null)
    {
        var services = new PcmServices(Clock, Clock.Scheduler, options: options);
        Substream = Clock.Run(async () =>
        {
            var card = new PcmCard("manual", "Manual", services);
            PcmDevice device = card.AddDevice(new PcmDeviceDescription
            {
                Name = "manual",
                Playback = direction == PcmDirection.Playback ? [Ops] : [],
                Capture = direction == PcmDirection.Capture ? [Ops] : [],
            });
            PcmSubstream substream = (await device.OpenAsync(direction, PcmOpenMode.None)).GetOrThrow();
            await ConfigureAsync(substream);
            return substream;
        });
    }

    public VirtualClock Clock { get; } = new();

    public ManualOps Ops { get; } = new();

    public PcmSubstream Substream { get; }

    /// <summary>A period of the application's memory.</summary>
    public byte[] Period { get; } = new byte[PeriodBytes];

    /// <summary>Playback with a full ring, running; or capture with an empty one, running.</summary>
    public static ManualStream CreateRunning(PcmDirection direction, PcmOptions? options = null)
    {
        var stream = new ManualStream(direction, options);
        if (direction == PcmDirection.Playback)
        {
            Assert.Equal(PcmError.None, stream.Substream.Write(new byte[BufferFrames * 4], out int written)); // starts at the first frame
            Assert.Equal(BufferFrames, written);
        }
        else
        {
            Assert.Equal(PcmError.None, stream.Clock.Run(() => stream.Substream.StartAsync().AsTask()));
        }

        Assert.Equal(PcmState.Running, stream.Substream.State);
        return stream;
    }

    public static async Task ConfigureAsync(PcmSubstream substream)
    {
        (await substream.HwParamsAsync(new PcmHwParams
        {
            Access = PcmAccess.ReadWriteInterleaved,
            Format = PcmFormat.S16LE,
            Channels = 2,
            Rate = 48000,
            PeriodFrames = PeriodFrames,
            BufferFrames = BufferFrames,
        })).ThrowIfError("hw_params");
        (await substream.PrepareAsync()).ThrowIfError("prepare");
    }

    /// <summary>Writes or reads one period, which must go through at once.</summary>
    public bool Transfer()
    {
        PcmError error = Substream.Direction == PcmDirection.Playback ? Substream.Write(Period, out int done) : Substream.Read(Period, out done);
        return error == PcmError.None && done == PeriodFrames;
    }
}
