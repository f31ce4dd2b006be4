using Pcm.Testing;

namespace Pcm.Virtio.Tests;

/// <summary>The order of initialisation, judged by the device (rows V-40 to V-51, V-66).</summary>
public sealed class VirtioHandshakeTests : IAsyncDisposable
{
    private static readonly VirtioHandshakeOptions s_options = new()
    {
        DeviceId = 42,
        KnownDeviceFeatures = VirtioFeatures.SoundControls,
        ConfigLength = static features => features.HasFlag(VirtioFeatures.SoundControls) ? 16 : 12,
        Queues = [new(100, 4), new(1000, 0)],
        ResetTimeout = TimeSpan.FromMilliseconds(50),
    };

    private readonly VirtualClock _clock = new();
    private readonly RecordingTransport _transport = new();

    [Fact] // V-40, V-48
    public void Negotiate_WillingDevice_FollowsTheOrder()
    {
        NegotiatedDevice device = Negotiate(s_options with { WantedRingFeatures = VirtioFeatures.RingBits & ~VirtioFeatures.RingPacked });
        device.Start();
        Assert.Equal(
            [
                "status None",
                "status Acknowledge",
                "status Acknowledge, Driver",
                "features",
                "status Acknowledge, Driver, FeaturesOk",
                "config 0+16",
                "queue 0 size 64",
                "queue 1 size 64",
                "status Acknowledge, Driver, DriverOk, FeaturesOk",
            ],
            _transport.Log);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], device.Config.ToArray());
        Assert.Equal([VirtqueueKind.Split, VirtqueueKind.Split], device.Queues.Select(queue => queue.Kind));
        Assert.Equal([4, 0], device.Queues.Select(queue => queue.IndirectDescriptors));
    }

    [Fact] // V-42: a device that offers everything gets what is known, and nothing of the socket's bit 30
    public void Negotiate_EverythingOffered_AcceptsTheKnown()
    {
        NegotiatedDevice device = Negotiate(s_options);
        Assert.Equal(VirtioFeatures.SoundControls | VirtioFeatures.RingBits, device.Features);
        Assert.Equal(device.Features, _transport.Accepted);
        Assert.Equal([100, 64], device.Queues.Select(queue => queue.Size)); // packed: no power of two needed
    }

    [Fact] // V-51: bits that only some transports can honour
    public void Negotiate_TransportTranslates_AcceptsAccessPlatform()
    {
        _transport.Extra = VirtioFeatures.AccessPlatform;
        NegotiatedDevice device = Negotiate(s_options);
        Assert.True(device.Features.HasFlag(VirtioFeatures.AccessPlatform));
        Assert.False(device.Features.HasFlag(VirtioFeatures.OrderPlatform));
    }

    [Fact] // V-01 in the small: what does not exist without the feature is not read
    public void Negotiate_FeatureNotOffered_ReadsTheShorterConfig()
    {
        _transport.Offered = (ulong)VirtioFeatures.Version1;
        NegotiatedDevice device = Negotiate(s_options);
        Assert.Equal(12, device.Config.Length);
        Assert.Equal(12, _transport.HighestConfigRead);
        Assert.Equal(VirtioFeatures.Version1, device.Features);
    }

    [Fact] // V-43, V-49
    public void Negotiate_FeaturesRefused_SetsFailedAndStops()
    {
        _transport.RefuseFeatures = true;
        Assert.Equal(PcmError.NotSupported, Fails(s_options).Error);
        Assert.Equal(VirtioStatus.Acknowledge | VirtioStatus.Driver | VirtioStatus.Failed, _transport.StatusWrites[^1]);
        Assert.Empty(_transport.Enabled);
        Assert.Equal(0, _transport.Dma.LiveBytes);
    }

    [Fact] // V-50
    public void Negotiate_Legacy_Fails()
    {
        _transport.Offered = (ulong)(VirtioFeatures.RingBits & ~VirtioFeatures.Version1);
        Assert.Equal(PcmError.NotSupported, Fails(s_options).Error);
        Assert.DoesNotContain("features", _transport.Log);
        Assert.True(_transport.StatusWrites[^1].HasFlag(VirtioStatus.Failed));
    }

    [Theory]
    [InlineData(0u, PcmError.NoDevice)]
    [InlineData(1u, PcmError.NotSupported)]
    public void Negotiate_AnotherDevice_FailsUntouched(uint id, PcmError error)
    {
        _transport.Id = id;
        Assert.Equal(error, Fails(s_options).Error);
        Assert.Empty(_transport.Log);
    }

    [Theory] // V-46
    [InlineData(1)]
    [InlineData(20)]
    public void Negotiate_SlowReset_Waits(int reads)
    {
        _transport.ResetReads = reads;
        Negotiate(s_options);
        Assert.Equal(VirtioStatus.Acknowledge, _transport.StatusWrites[1]);
        Assert.Equal(TimeSpan.FromMilliseconds(reads - 1), _clock.Elapsed);
    }

    [Fact] // V-46, bounded
    public void Negotiate_ResetNeverCompletes_TimesOut()
    {
        _transport.ResetReads = -1;
        Assert.Equal(PcmError.TimedOut, Fails(s_options).Error);
        Assert.Equal(TimeSpan.FromMilliseconds(50), _clock.Elapsed);
        Assert.True(_transport.StatusWrites[^1].HasFlag(VirtioStatus.Failed));
        Assert.DoesNotContain(_transport.StatusWrites, status => status.HasFlag(VirtioStatus.Driver));
    }

    [Theory] // V-47: generation read before and after
    [InlineData(1, true)]
    [InlineData(30, true)]
    [InlineData(31, false)]
    [InlineData(40, false)]
    public void Negotiate_ConfigChanges_ReadsAgainWithinBounds(int changes, bool succeeds)
    {
        _transport.TornReads = changes;
        if (succeeds)
        {
            Negotiate(s_options);
            Assert.Equal(((changes + 1) / 2) + 1, _transport.Log.Count(line => line.StartsWith("config", StringComparison.Ordinal)));
        }
        else
        {
            Assert.Equal(PcmError.IO, Fails(s_options).Error);
            Assert.Equal(VirtioHandshake.ConfigReadAttempts, _transport.Log.Count(line => line.StartsWith("config", StringComparison.Ordinal)));
        }
    }

    [Fact] // a failure after queues were enabled: the device gives them back before they are freed
    public void Negotiate_QueueMissing_TakesTheOthersBack()
    {
        _transport.MaxSizes.Remove(1);
        Assert.Equal(PcmError.NotSupported, Fails(s_options).Error);
        Assert.True(_transport.StatusWrites[^2].HasFlag(VirtioStatus.Failed));
        Assert.Equal(VirtioStatus.None, _transport.StatusWrites[^1]);
        Assert.Equal((0, 0), (_transport.Dma.LiveBytes, _transport.Dma.QuarantinedBytes));
    }

    [Fact] // and when it does not give them back, they are not freed
    public void Negotiate_QueueMissingAndNoReset_QuarantinesTheRings()
    {
        _transport.MaxSizes.Remove(1);
        RunVirtual(async () =>
        {
            ValueTask<NegotiatedDevice> negotiation = VirtioHandshake.NegotiateAsync(_transport, s_options with { ConfigLength = features => Stubborn() }, _clock);
            await Assert.ThrowsAsync<VirtioTransportException>(negotiation.AsTask);
        });
        Assert.Equal(0, _transport.Dma.LiveBytes);
        Assert.NotEqual(0, _transport.Dma.QuarantinedBytes);

        int Stubborn()
        {
            _transport.ResetReads = -1; // from now on
            return 12;
        }
    }

    [Fact]
    public void Negotiate_DeviceVanishes_ReportsThatAndQuarantines()
    {
        _transport.VanishAtQueue = 1;
        Assert.Equal(PcmError.NoDevice, Fails(s_options).Error);
        Assert.Equal(0, _transport.Dma.LiveBytes);
        Assert.NotEqual(0, _transport.Dma.QuarantinedBytes);
    }

    [Fact]
    public void Negotiate_Cancelled_GivesUp()
    {
        _transport.ResetReads = -1;
        using var cancellation = new CancellationTokenSource();
        RunVirtual(async () =>
        {
            Task<NegotiatedDevice> negotiation = VirtioHandshake.NegotiateAsync(_transport, s_options, _clock, cancellation.Token).AsTask();
            cancellation.Cancel(); // not CancelAsync: it would leave the virtual clock's thread
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => negotiation);
        });
        Assert.Equal(0, _transport.Dma.LiveBytes);
    }

    [Theory] // V-66
    [InlineData(0, true)]
    [InlineData(7, true)]
    [InlineData(-1, false)]
    public void ResetQueue_Device_IsWaitedFor(int reads, bool succeeds)
    {
        NegotiatedDevice device = Negotiate(s_options);
        device.Start();
        _transport.DisableReads = reads;
        Assert.True(device.Queues[0].TryAdd([new DmaSlice(0x1000, 4)], [], 0));
        bool done = false;
        RunVirtual(async () => done = await device.ResetQueueAsync(0, TestContext.Current.CancellationToken));
        Assert.Equal(succeeds, done);
        Assert.Equal(succeeds ? 0 : 1, device.Queues[0].InFlight);
        Assert.Equal(succeeds ? "queue 0 size 100" : "disable 0", _transport.Log[^1]);
    }

    [Fact]
    public void Dispose_DeviceResets_FreesEverything()
    {
        NegotiatedDevice device = Negotiate(s_options);
        device.Start();
        _transport.Dma.Quarantine(_transport.Dma.Allocate(64, 16)); // an earlier victim
        RunVirtual(async () =>
        {
            await device.DisposeAsync();
            await device.DisposeAsync();
        });
        Assert.Equal((0, 0), (_transport.Dma.LiveBytes, _transport.Dma.QuarantinedBytes));
        Assert.Single(_transport.StatusWrites.Skip(1), VirtioStatus.None);
    }

    [Fact]
    public void Dispose_DeviceDoesNotReset_QuarantinesTheRings()
    {
        NegotiatedDevice device = Negotiate(s_options);
        device.Start();
        _transport.ResetReads = -1;
        RunVirtual(async () => await device.DisposeAsync());
        Assert.Equal(0, _transport.Dma.LiveBytes);
        Assert.NotEqual(0, _transport.Dma.QuarantinedBytes);
        Assert.True(_transport.Memory.Contains(device.Queues[0].Addresses.DescriptorArea, 16));
    }

    [Fact] // V-49
    public void Fail_Running_AddsFailed()
    {
        NegotiatedDevice device = Negotiate(s_options);
        device.Start();
        device.Fail();
        Assert.Equal(
            VirtioStatus.Acknowledge | VirtioStatus.Driver | VirtioStatus.FeaturesOk | VirtioStatus.DriverOk | VirtioStatus.Failed,
            _transport.StatusWrites[^1]);
    }

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    private NegotiatedDevice Negotiate(VirtioHandshakeOptions options)
    {
        NegotiatedDevice? device = null;
        RunVirtual(async () => device = await VirtioHandshake.NegotiateAsync(_transport, options, _clock));
        return device!;
    }

    private VirtioTransportException Fails(VirtioHandshakeOptions options)
    {
        VirtioTransportException? failure = null;
        RunVirtual(async () => failure = await Assert.ThrowsAsync<VirtioTransportException>(
            async () => await VirtioHandshake.NegotiateAsync(_transport, options, _clock)));
        return failure!;
    }

    private void RunVirtual(Func<Task> main) => _clock.Run(main);
}
