using Pcm.Backends.Null;
using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>
/// The steady state of the whole way allocates nothing: application, driver, rings, device, and the card behind it. One thread runs all of it,
/// so that nothing can hide on another.
/// </summary>
public sealed class HotPathAllocationTests
{
    private const int PeriodFrames = 64;
    private const int BufferFrames = 4 * PeriodFrames;

    public static TheoryData<PcmDirection, bool, bool> Cases()
    {
        var data = new TheoryData<PcmDirection, bool, bool>();
        foreach (PcmDirection direction in Enum.GetValues<PcmDirection>())
        {
            data.Add(direction, false, false);
            data.Add(direction, false, true);
            data.Add(direction, true, false);
            data.Add(direction, true, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TransferBlocking_10000Periods_AllocatesNothing(PcmDirection direction, bool allRingFeatures, bool directInterrupts)
    {
        using Stack stack = Stack.Create(direction, allRingFeatures, directInterrupts);
        AllocationMeter.AssertNothing(() =>
        {
            PcmTransfer transfer = direction == PcmDirection.Playback
                ? stack.Front.WriteBlocking(stack.Period, Timeout.InfiniteTimeSpan)
                : stack.Front.ReadBlocking(stack.Period, Timeout.InfiniteTimeSpan);
            return transfer == new PcmTransfer(PcmError.None, PeriodFrames);
        });
        stack.AssertPlayed();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TransferAsync_10000Periods_AllocatesNothing(PcmDirection direction, bool allRingFeatures, bool directInterrupts)
    {
        using Stack stack = Stack.Create(direction, allRingFeatures, directInterrupts);
        AllocationMeter.AssertNothing(() =>
        {
            ValueTask<PcmTransfer> transfer = direction == PcmDirection.Playback
                ? stack.Front.WriteAsync(stack.Period)
                : stack.Front.ReadAsync(stack.Period);
            stack.RunUntil(transfer.IsCompleted, in transfer);
            return transfer.IsCompletedSuccessfully && transfer.Result == new PcmTransfer(PcmError.None, PeriodFrames);
        });
        stack.AssertPlayed();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void WaitAndLook_10000Periods_AllocatesNothing(PcmDirection direction, bool allRingFeatures, bool directInterrupts)
    {
        using Stack stack = Stack.Create(direction, allRingFeatures, directInterrupts);
        AllocationMeter.AssertNothing(() =>
        {
            ValueTask<PcmError> wait = stack.Front.WaitAsync(TimeSpan.FromSeconds(1));
            stack.RunUntil(wait.IsCompleted, in wait);
            return wait.IsCompletedSuccessfully && wait.Result == PcmError.None
                && stack.Front.GetAvail(out long avail) == PcmError.None && avail >= PeriodFrames
                && stack.Transfer()
                && stack.Front.GetDelay(out _) == PcmError.None
                && stack.Front.GetStatus(out PcmStatus status) == PcmError.None && status.State is PcmState.Running or PcmState.Prepared;
        });
        stack.AssertPlayed();
    }

    /// <summary>A driver's substream, its device, and a null card as the audio side.</summary>
    private sealed class Stack : IDisposable
    {
        private readonly VirtualClock _clock = new();
        private InProcessTransport? _transport;
        private VirtioSoundDriver? _driver;
        private PcmCard? _card;

        public PcmSubstream Front { get; private set; } = null!;

        public byte[] Period { get; } = new byte[PeriodFrames * 4];

        public static Stack Create(PcmDirection direction, bool allRingFeatures, bool directInterrupts)
        {
            var stack = new Stack();
            stack._clock.Run(() => stack.OpenAsync(direction, new InProcessTransportOptions
            {
                RingFeatures = allRingFeatures ? VirtioFeatures.RingBits : VirtioFeatures.None,
                DirectInterrupts = directInterrupts,
            }));
            return stack;
        }

        /// <summary>Lets time pass, a quarter of a period at a time, until a task is done.</summary>
        public void RunUntil<T>(bool isCompleted, in ValueTask<T> task)
        {
            for (int i = 0; i < 100 && !isCompleted; i++)
            {
                _clock.Advance(TimeSpan.FromMicroseconds(333));
                isCompleted = task.IsCompleted;
            }
        }

        public bool Transfer()
        {
            PcmError error = Front.Direction == PcmDirection.Playback ? Front.Write(Period, out int done) : Front.Read(Period, out done);
            return error == PcmError.None && done == PeriodFrames;
        }

        /// <summary>The periods took the time that the card behind needs for them, and went through the rings.</summary>
        public void AssertPlayed()
        {
            Assert.Equal(PcmState.Running, Front.State);
            ushort queue = Front.Direction == PcmDirection.Playback ? VirtioSoundQueues.Playback : VirtioSoundQueues.Capture;
            Assert.True(_transport!.GetMetrics(queue).Interrupts >= AllocationMeter.Periods, $"{_transport.GetMetrics(queue)}");
            Assert.Equal(VirtqueueFault.None, _transport.GetMetrics(queue).Fault);
            Assert.True(_clock.Elapsed >= TimeSpan.FromSeconds(AllocationMeter.Periods * PeriodFrames / 48000.0), $"{_clock.Elapsed}");
        }

        public void Dispose() => _clock.Run(async () =>
        {
            await _driver!.DisposeAsync(); // the transport with it
            await _card!.DisposeAsync();
        });

        private async Task OpenAsync(PcmDirection direction, InProcessTransportOptions transportOptions)
        {
            var services = new PcmServices(_clock, _clock.Scheduler);
            _card = new NullBackend("null", new NullOptions { SubstreamsPerDirection = 1 }).CreateCard(services);
            PcmDevice back = _card.Devices[0];
            PcmSubstream audio = direction == PcmDirection.Playback ? back.Playback[0] : back.Capture[0];
            var device = new VirtioSoundDevice(new VirtioSoundDeviceOptions { Streams = [await VirtioSoundStreamOptions.DescribeAsync(audio)] });
            _transport = new InProcessTransport(device, _clock.Scheduler, transportOptions);
            _driver = await VirtioSoundDriver.ProbeAsync(_transport, "virtio", services);
            Front = (await _driver.Card.Devices[0].OpenAsync(direction)).GetOrThrow();
            (await Front.HwParamsAsync(new PcmHwParams
            {
                Access = PcmAccess.ReadWriteInterleaved,
                Format = PcmFormat.S16LE,
                Channels = 2,
                Rate = 48000,
                PeriodFrames = PeriodFrames,
                BufferFrames = BufferFrames,
            })).ThrowIfError("hw_params");
            (await Front.PrepareAsync()).ThrowIfError("prepare");
            if (direction == PcmDirection.Playback)
            {
                // A full ring first: a device that runs dry is not the steady state.
                Front.SetSwParams(Front.GetSwParams() with { StartThreshold = BufferFrames }).ThrowIfError("sw_params");
                Assert.Equal(new PcmTransfer(PcmError.None, BufferFrames), await Front.WriteAsync(new byte[BufferFrames * 4]));
            }
            else
            {
                (await Front.StartAsync()).ThrowIfError("start");
            }
        }
    }
}
