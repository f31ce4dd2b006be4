using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>
/// Kicks and interrupts per period are counted, not timed, and held to committed numbers: 16 streams on one queue, whose hardware has one clock, and an
/// application that writes four periods to each at a time. A number that changes here is a change of what every guest pays in exits.
/// </summary>
public sealed class NotificationCountTests
{
    private const int Streams = 16;
    private const int PeriodFrames = 64;
    private const int Periods = 8;
    private const int PeriodsPerWrite = 4;
    private const int Rounds = 250;
    private const int AllPeriods = Streams * PeriodsPerWrite * Rounds;

    /// <summary>One kick serves what 16 streams wrote (1 / 64), one interrupt what 16 finished in the same tick of their hardware (1 / 16).</summary>
    [Theory]
    [InlineData(VirtioFeatures.RingBits, Rounds, PeriodsPerWrite * Rounds)]
    [InlineData(VirtioFeatures.RingBits & ~VirtioFeatures.RingPacked, Rounds, PeriodsPerWrite * Rounds)]
    public void WriteFourPeriods_SixteenStreamsOnOneQueue_KicksAndInterruptsAreAsCommitted(VirtioFeatures ringFeatures, long kicks, long interrupts)
    {
        using var rig = new Rig(ringFeatures);
        for (int i = 0; i < 10; i++)
        {
            rig.Round(); // the first kicks, before the device has asked for silence
        }

        InProcessQueueMetrics before = rig.Metrics;
        for (int i = 0; i < Rounds; i++)
        {
            rig.Round();
        }

        InProcessQueueMetrics after = rig.Metrics;
        rig.AssertPlaying();
        Assert.Equal(VirtqueueFault.None, after.Fault);
        Assert.Equal((kicks, interrupts), (after.Notifications - before.Notifications, after.Interrupts - before.Interrupts));
        Assert.True((double)kicks / AllPeriods < 0.2 && (double)interrupts / AllPeriods < 0.2);
    }

    /// <summary>A driver with 16 playback streams, their device, and hardware moved by hand behind it.</summary>
    private sealed class Rig : IDisposable
    {
        private readonly VirtualClock _clock = new();
        private readonly ManualOps[] _hardware = [.. Enumerable.Range(0, Streams).Select(static _ => new ManualOps())];
        private readonly byte[] _frames = new byte[PeriodsPerWrite * PeriodFrames * 4];
        private PcmSubstream[] _streams = [];
        private InProcessTransport? _transport;
        private VirtioSoundDriver? _driver;
        private PcmCard? _card;

        public Rig(VirtioFeatures ringFeatures)
        {
            _clock.Run(() => OpenAsync(ringFeatures));
            _clock.RunUntilIdle(); // the START of the last stream
            Assert.All(_hardware, static hardware => Assert.True(hardware.IsMoving));
        }

        public InProcessQueueMetrics Metrics => _transport!.GetMetrics(VirtioSoundQueues.Playback);

        /// <summary>Four ticks of the hardware, then four periods to each stream.</summary>
        public void Round()
        {
            for (int i = 0; i < PeriodsPerWrite; i++)
            {
                foreach (ManualOps hardware in _hardware)
                {
                    hardware.Advance(PeriodFrames);
                }

                _clock.RunUntilIdle();
            }

            foreach (PcmSubstream stream in _streams)
            {
                Assert.Equal(PcmError.None, stream.Write(_frames, out int written));
                Assert.Equal(PeriodsPerWrite * PeriodFrames, written);
            }

            _clock.RunUntilIdle();
        }

        public void AssertPlaying() => Assert.All(_streams, static stream => Assert.Equal(PcmState.Running, stream.State));

        public void Dispose() => _clock.Run(async () =>
        {
            await _driver!.DisposeAsync();
            await _card!.DisposeAsync();
        });

        private async Task OpenAsync(VirtioFeatures ringFeatures)
        {
            var services = new PcmServices(_clock, _clock.Scheduler);
            _card = new PcmCard("hardware", "Hardware", services);
            PcmDevice back = _card.AddDevice(new PcmDeviceDescription { Name = "hardware", Playback = [.. _hardware] });
            var described = new List<VirtioSoundStreamOptions>();
            foreach (PcmSubstream audio in back.Playback)
            {
                described.Add(await VirtioSoundStreamOptions.DescribeAsync(audio));
            }

            _transport = new InProcessTransport(
                new VirtioSoundDevice(new VirtioSoundDeviceOptions { Streams = described }), _clock.Scheduler,
                new InProcessTransportOptions { RingFeatures = ringFeatures, MaxQueueSize = 1024 });
            _driver = await VirtioSoundDriver.ProbeAsync(_transport, "virtio", services, new VirtioSoundOptions { PeriodMsMin = 1 });
            _streams = [.. _driver.Card.Devices.SelectMany(static device => device.Playback)];
            Assert.Equal(Streams, _streams.Length);
            foreach (PcmSubstream stream in _streams)
            {
                await StartAsync(stream);
            }
        }

        private async Task StartAsync(PcmSubstream stream)
        {
            (await stream.OpenAsync(PcmOpenMode.NonBlocking)).ThrowIfError("open");
            (await stream.HwParamsAsync(new PcmHwParams
            {
                Access = PcmAccess.ReadWriteInterleaved,
                Format = PcmFormat.S16LE,
                Channels = 2,
                Rate = 48000,
                PeriodFrames = PeriodFrames,
                BufferFrames = PeriodFrames * Periods,
            })).ThrowIfError("hw_params");
            stream.SetSwParams(stream.GetSwParams() with { StartThreshold = PeriodFrames * Periods }).ThrowIfError("sw_params");
            (await stream.PrepareAsync()).ThrowIfError("prepare");
            stream.Write(new byte[PeriodFrames * Periods * 4], out int written).ThrowIfError("write");
            Assert.Equal(PeriodFrames * Periods, written);
        }
    }
}
