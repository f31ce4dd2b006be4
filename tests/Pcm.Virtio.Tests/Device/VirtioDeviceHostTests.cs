using Pcm.Testing;

namespace Pcm.Virtio.Tests;

/// <summary>The device's status machine, written once for every transport (rows D-40 to D-51).</summary>
public sealed class VirtioDeviceHostTests : IVirtioDeviceOutput
{
    private const VirtioStatus Bound = VirtioStatus.Acknowledge | VirtioStatus.Driver;
    private const VirtioStatus Agreed = Bound | VirtioStatus.FeaturesOk;
    private const VirtioStatus Running = Agreed | VirtioStatus.DriverOk;

    private readonly VirtualClock _clock = new();
    private readonly EchoDevice _device = new();
    private readonly GuestMemory _memory = new();
    private readonly List<string> _output = [];
    private readonly VirtioDeviceHost _host;

    public VirtioDeviceHostTests() => _host = NewHost(new());

    [Theory] // D-45, D-47, D-50
    [InlineData(0UL)]
    [InlineData((ulong)VirtioFeatures.RingBits)]
    [InlineData(ulong.MaxValue)]
    public void Offer_AnyOptions_StaysWithinWhatWorks(ulong ringFeatures)
    {
        VirtioFeatures offered = NewHost(new() { RingFeatures = (VirtioFeatures)ringFeatures }).OfferedFeatures;
        Assert.True(offered.HasFlag(VirtioFeatures.Version1));
        Assert.True(offered.HasFlag(EchoDevice.Shout));
        Assert.Equal(VirtioFeatures.None, offered & ~(VirtioFeatures.RingBits | EchoDevice.Shout));
    }

    [Fact]
    public void Offer_Masked_LeavesTheDevicesFeatureOut() =>
        Assert.False(NewHost(new() { DeviceFeatureMask = VirtioFeatures.None }).OfferedFeatures.HasFlag(EchoDevice.Shout));

    [Fact] // D-46, D-51: every subset with VERSION_1 is accepted, nothing else
    public void FeaturesOk_EachSubset_SticksExactlyWhenPossible()
    {
        VirtioFeatures[] bits =
        [
            VirtioFeatures.Version1, VirtioFeatures.IndirectDescriptors, VirtioFeatures.EventIndex, VirtioFeatures.RingPacked,
            VirtioFeatures.RingReset, EchoDevice.Shout, VirtioFeatures.InOrder, (VirtioFeatures)(1UL << 63),
        ];
        for (int subset = 0; subset < 1 << bits.Length; subset++)
        {
            VirtioFeatures accepted = bits.Where((_, i) => (subset >> i & 1) != 0).Aggregate(VirtioFeatures.None, (all, bit) => all | bit);
            _host.WriteStatus(VirtioStatus.None);
            _host.WriteStatus(Bound);
            _host.AcceptedFeatures = accepted;
            _host.WriteStatus(Agreed);
            bool possible = accepted.HasFlag(VirtioFeatures.Version1) && (accepted & ~_host.OfferedFeatures) == 0;
            Assert.Equal(possible, _host.Status.HasFlag(VirtioStatus.FeaturesOk));
        }
    }

    [Fact]
    public void DriverOk_WithoutFeaturesOk_DoesNotStick()
    {
        _host.WriteStatus(Bound);
        _host.WriteStatus(Bound | VirtioStatus.DriverOk);
        _clock.RunUntilIdle();
        Assert.Equal(Bound, _host.Status);
        Assert.Empty(_device.Log);
    }

    [Fact]
    public void Features_AfterAgreement_AreFixed()
    {
        Start();
        _host.AcceptedFeatures = VirtioFeatures.Version1 | VirtioFeatures.RingPacked;
        Assert.Equal(VirtioFeatures.Version1, _host.AcceptedFeatures);
        Assert.Equal(VirtioFeatures.Version1, _device.Negotiated);
    }

    [Fact]
    public void WriteStatus_BitsTakenAwayOrUnknown_AreIgnored()
    {
        Start();
        _host.WriteStatus(VirtioStatus.Acknowledge);
        Assert.Equal(Running, _host.Status);
        _host.WriteStatus((VirtioStatus)0xFF);
        Assert.Equal(Running | VirtioStatus.Failed, _host.Status);
        Assert.Equal(["activate"], _device.Log);
    }

    [Fact] // D-43: the status reads 0 when the device has let go, not before; only another reset is heard meanwhile
    public void Reset_Active_CompletesOnTheExecutor()
    {
        Start();
        _host.WriteStatus(VirtioStatus.None);
        Assert.Equal(Running, _host.Status);
        _host.WriteStatus(VirtioStatus.None);
        _host.WriteStatus(Bound | VirtioStatus.Failed);
        Assert.Equal(Running, _host.Status);
        _clock.RunUntilIdle();
        Assert.Equal(VirtioStatus.None, _host.Status);
        Assert.Equal(VirtioFeatures.None, _host.AcceptedFeatures);
        Assert.Equal(["activate", "reset"], _device.Log);
    }

    [Fact] // before the device ever ran there is nothing to wait for
    public void Reset_NeverActive_IsImmediate()
    {
        _host.WriteStatus(Bound);
        _host.WriteStatus(VirtioStatus.None);
        Assert.Equal(VirtioStatus.None, _host.Status);
        Assert.Empty(_device.Log);
    }

    [Fact] // DRIVER_OK and reset in one breath: the device sees neither
    public void Reset_BeforeActivationRan_LeavesTheDeviceAlone()
    {
        _host.WriteStatus(Bound);
        _host.AcceptedFeatures = VirtioFeatures.Version1;
        _host.WriteStatus(Agreed);
        _host.WriteStatus(Running);
        _host.WriteStatus(VirtioStatus.None);
        _clock.RunUntilIdle();
        Assert.Equal(VirtioStatus.None, _host.Status);
        Assert.Empty(_device.Log);
    }

    [Fact] // D-42: no interrupt before DRIVER_OK, one afterwards
    public void Fail_TellsOnlyARunningDriver()
    {
        _host.Fail();
        Assert.Equal(VirtioStatus.None, _host.Status); // nothing to fail
        _host.WriteStatus(Bound);
        _host.Fail();
        Assert.Equal(Bound | VirtioStatus.NeedsReset, _host.Status);
        Assert.Empty(_output);

        _host.WriteStatus(VirtioStatus.None);
        Start();
        _host.Fail();
        _host.Fail();
        Assert.Equal(["config"], _output);
    }

    [Fact]
    public void ChangeConfig_TellsOnlyARunningDriver()
    {
        uint before = _host.ConfigGeneration;
        _host.ChangeConfig();
        Assert.NotEqual(before, _host.ConfigGeneration);
        Assert.Empty(_output);
        Start();
        _host.ChangeConfig();
        Assert.Equal(["config"], _output);
        _host.WriteStatus(VirtioStatus.None);
        _host.ChangeConfig(); // a reset is under way
        Assert.Equal(["config"], _output);
    }

    [Fact] // HD-11 through the host, and what else it refuses
    public void TryEnableQueue_OutOfOrderOrBad_Refuses()
    {
        using var dma = new InProcessDmaAllocator(_memory);
        using DriverVirtqueue queue = DriverVirtqueue.Create(VirtqueueKind.Split, 16, VirtioFeatures.Version1, dma, 0);
        Assert.False(_host.TryEnableQueue(0, queue.Addresses)); // before FEATURES_OK
        Agree();
        Assert.False(_host.TryEnableQueue(2, queue.Addresses));
        Assert.False(_host.TryEnableQueue(0, queue.Addresses with { Size = 512 }));
        Assert.False(_host.TryEnableQueue(0, queue.Addresses with { Size = 12 }));
        Assert.False(_host.TryEnableQueue(0, queue.Addresses with { DescriptorArea = 0x10 }));
        Assert.True(_host.TryEnableQueue(0, queue.Addresses));
        Assert.False(_host.TryEnableQueue(0, queue.Addresses)); // twice
        Assert.Equal((256, 256, 0), (_host.GetMaxQueueSize(0), _host.GetMaxQueueSize(1), _host.GetMaxQueueSize(2)));
        Assert.True(_host.IsQueueEnabled(0));
        Assert.False(_host.IsQueueEnabled(1));
    }

    [Fact] // HD-13
    public void Notify_Storm_IsOneTurnOfTheDevice()
    {
        using var dma = new InProcessDmaAllocator(_memory);
        using DmaRegion payload = dma.Allocate(64, 16);
        using DriverVirtqueue queue = DriverVirtqueue.Create(VirtqueueKind.Split, 16, VirtioFeatures.Version1, dma, 0);
        Agree();
        Assert.True(_host.TryEnableQueue(0, queue.Addresses));
        _host.WriteStatus(Running);
        _clock.RunUntilIdle();
        for (ushort i = 0; i < 16; i++)
        {
            Assert.True(queue.TryAdd([payload.Slice(0, 4)], [], i));
            queue.Publish();
            _host.Notify(0);
        }

        _clock.RunUntilIdle();
        Assert.Equal(16, _device.Echoed);
        Assert.Equal(["queue 0"], _output);
    }

    [Theory] // a device that takes a little at a time gets another turn without being notified again; one that takes nothing is not spun
    [InlineData(1, 16)]
    [InlineData(0, 0)]
    public void Process_DeviceLeavesMessages_GetsTurnsWhileItMakesProgress(int perTurn, int expected)
    {
        using var dma = new InProcessDmaAllocator(_memory);
        using DmaRegion payload = dma.Allocate(64, 16);
        using DriverVirtqueue queue = DriverVirtqueue.Create(VirtqueueKind.Split, 16, VirtioFeatures.Version1, dma, 0);
        Agree();
        Assert.True(_host.TryEnableQueue(0, queue.Addresses));
        _host.WriteStatus(Running);
        _clock.RunUntilIdle();
        _device.MessagesPerTurn = perTurn;
        for (ushort i = 0; i < 16; i++)
        {
            Assert.True(queue.TryAdd([payload.Slice(0, 4)], [], i));
        }

        queue.Publish();
        _host.Notify(0);
        _clock.RunUntilIdle();
        Assert.Equal(expected, _device.Echoed);

        // what was left on purpose is there when the device asks for it
        _device.MessagesPerTurn = 16;
        _host.Poll(0);
        _clock.RunUntilIdle();
        Assert.Equal(16, _device.Echoed);
    }

    [Theory] // vhost-user: one device stops, another goes on where it stopped
    [InlineData(VirtqueueKind.Split)]
    [InlineData(VirtqueueKind.Packed)]
    public void DisableQueue_Position_LetsAnotherDeviceGoOn(VirtqueueKind kind)
    {
        VirtioFeatures features = VirtioFeatures.Version1 | VirtioFeatures.EventIndex | (kind == VirtqueueKind.Packed ? VirtioFeatures.RingPacked : 0);
        using var dma = new InProcessDmaAllocator(_memory);
        using DmaRegion payload = dma.Allocate(64, 16);
        using DriverVirtqueue queue = DriverVirtqueue.Create(kind, 4, features, dma, 0);
        VirtqueuePosition? position = null;
        VirtioDeviceHost host = _host;
        for (int life = 0; life < 7; life++)
        {
            Agree(host, features);
            Assert.True(host.TryEnableQueue(0, queue.Addresses, position));
            host.WriteStatus(Running);
            for (ushort i = 0; i < 3; i++)
            {
                Assert.True(queue.TryAdd([payload.Slice(0, 4)], [], i));
                queue.Publish();
                host.Notify(0);
                _clock.RunUntilIdle();
                Assert.True(queue.TryTakeUsed(out ushort token, out _), $"life {life}, message {i}");
                Assert.Equal(i, token);
                Assert.Equal(VirtqueueFault.None, host.GetFault(0));
            }

            Assert.Equal(3, _output.Count); // each message interrupts, also the first of a new life
            _output.Clear();
            position = null;
            host.DisableQueue(0, stopped => position = stopped);
            _clock.RunUntilIdle();
            Assert.False(host.IsQueueEnabled(0));
            Assert.NotNull(position);
            host = NewHost(new(), new EchoDevice());
        }
    }

    void IVirtioDeviceOutput.Interrupt(ushort queue) => _output.Add($"queue {queue}");

    void IVirtioDeviceOutput.ConfigChanged() => _output.Add("config");

    private static void Agree(VirtioDeviceHost host, VirtioFeatures features)
    {
        host.WriteStatus(Bound);
        host.AcceptedFeatures = features;
        host.WriteStatus(Agreed);
        Assert.Equal(Agreed, host.Status);
    }

    private VirtioDeviceHost NewHost(VirtioDeviceHostOptions options, EchoDevice? device = null) =>
        new(device ?? _device, _memory, _clock.Scheduler, this, options);

    private void Agree() => Agree(_host, VirtioFeatures.Version1);

    private void Start()
    {
        Agree();
        _host.WriteStatus(Running);
        _clock.RunUntilIdle();
    }
}
