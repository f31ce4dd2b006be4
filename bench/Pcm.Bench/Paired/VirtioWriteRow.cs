using Pcm.Testing;
using Pcm.Virtio;

namespace Pcm.Bench;

/// <summary>
/// Writing periods of 1024 frames into a running virtio stream: from the application's span to the published descriptor and the notification.
/// The device, which plays on hardware moved by hand, runs between the measured pieces.
/// </summary>
internal sealed class VirtioWriteRow
{
    private const int PeriodFrames = 1024;
    private const int Periods = 16;
    private const int Batch = 12;

    private readonly VirtualClock _clock = new();
    private readonly ManualOps _audio = new();
    private readonly byte[] _period = new byte[PeriodFrames * 4];
    private readonly PcmSubstream _stream;

    public VirtioWriteRow()
    {
        // The system's clock, because reading it is part of a write; the simulation's scheduler, so that the device runs when told.
        var services = new PcmServices(TimeProvider.System, _clock.Scheduler);
        var card = new PcmCard("back", "Back", services);
        PcmDevice back = card.AddDevice(new PcmDeviceDescription { Name = "back", Playback = [_audio] });
        VirtioSoundDriver? driver = null;
        _clock.Run(async () =>
        {
            var device = new VirtioSoundDevice(new VirtioSoundDeviceOptions { Streams = [await VirtioSoundStreamOptions.DescribeAsync(back.Playback[0])] });
            driver = await VirtioSoundDriver.ProbeAsync(new InProcessTransport(device, _clock.Scheduler), "virtio", services, new VirtioSoundOptions { BufferMs = 4000 });
        });

        // A slow rate: half a ring is then seconds, and a long pause between two pieces is not taken for a lost lap.
        _stream = BenchStream.Open(_clock, driver!.Card.Devices[0], PeriodFrames, Periods, rate: 8000);
        _stream.SetSwParams(_stream.GetSwParams() with { StartThreshold = PeriodFrames * Periods }).ThrowIfError("sw_params");
        BenchStream.Fill(_stream);
        _clock.RunUntilIdle();
        BenchStream.Require(_stream.State == PcmState.Running && _audio.IsMoving);
    }

    public double Write(int count)
    {
        double took = 0;
        for (int left = count; left > 0; left -= Batch)
        {
            int pieces = Math.Min(left, Batch), frames = 0;
            for (int i = 0; i < pieces; i++)
            {
                _audio.Advance(PeriodFrames);
                _clock.RunUntilIdle();
            }

            long start = Stopwatched.Start();
            for (int i = 0; i < pieces; i++)
            {
                _stream.Write(_period, out int written);
                frames += written;
            }

            took += Stopwatched.Since(start);
            BenchStream.Require(frames == pieces * PeriodFrames);
            _clock.RunUntilIdle();
        }

        return took;
    }
}
