using Pcm.Testing;

namespace Pcm.Virtio.Tests;

public sealed class InProcessTransportTests
{
    private const VirtioFeatures SplitOnly = VirtioFeatures.RingBits & ~VirtioFeatures.RingPacked;

    public static TheoryData<VirtioFeatures, bool> RingKinds()
    {
        var data = new TheoryData<VirtioFeatures, bool>();
        foreach (VirtioFeatures features in (VirtioFeatures[])
            [
                VirtioFeatures.None,
                VirtioFeatures.EventIndex,
                SplitOnly,
                VirtioFeatures.RingPacked,
                VirtioFeatures.RingPacked | VirtioFeatures.EventIndex,
                VirtioFeatures.RingBits,
            ])
        {
            data.Add(features, false);
            data.Add(features, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(RingKinds))]
    public void Notify_Requests_AreEchoedAndInterrupted(VirtioFeatures ringFeatures, bool direct) => Run(
        async bench =>
        {
            bench.Driver.Device.Start();
            for (int round = 0; round < 40; round++)
            {
                for (byte token = 0; token < 5; token++)
                {
                    Assert.True(bench.Driver.Add(token, [(byte)round, token, 7]));
                }

                bench.Driver.Kick(0);
                await bench.Settle();
            }

            Assert.Equal(200, bench.Driver.Answers.Count);
            for (int i = 0; i < 200; i++)
            {
                Assert.Equal((ushort)(i % 5), bench.Driver.Answers[i].Token);
                Assert.Equal(new byte[] { (byte)(i / 5), (byte)(i % 5), 7 }, bench.Driver.Answers[i].Answer);
            }

            InProcessQueueMetrics metrics = bench.Transport.GetMetrics(0);
            Assert.Equal(new InProcessQueueMetrics(40, 40, VirtqueueFault.None), metrics); // batches: one kick, one interrupt each
            Assert.Equal(VirtioFeatures.Version1 | EchoDevice.Shout | ringFeatures, bench.Device.Negotiated);
        },
        new() { RingFeatures = ringFeatures, DirectInterrupts = direct });

    [Fact] // D-40
    public void Start_QueueFilledBefore_IsProcessedWithoutNotification() => Run(async bench =>
    {
        Assert.True(bench.Driver.Add(3, [1, 2]));
        bench.Driver.Device.Queues[0].Publish();
        bench.Transport.Notify(0); // too early, as a bad driver would: must be ignored
        await bench.Settle();
        Assert.Equal(0, bench.Device.Echoed);

        bench.Driver.Device.Start();
        await bench.Settle();
        Assert.Equal([3], bench.Driver.Answers.Select(answer => (int)answer.Token));
        Assert.Equal(["queue 0"], bench.Driver.Interrupts);
    });

    [Fact] // D-34
    public void Emit_BuffersPostedBeforeStartAndNeverKicked_AreUsed() => Run(async bench =>
    {
        Assert.True(bench.Driver.Device.Queues[1].TryAdd([], [bench.Driver.Memory.Slice(0, 8)], 0));
        bench.Driver.Device.Queues[1].Publish();
        bench.Driver.Device.Start();
        await bench.Settle();
        bench.Device.Bus.Post(static device => Assert.True(((EchoDevice)device!).Emit([9, 9, 9])), bench.Device);
        await bench.Settle();
        Assert.Equal([9, 9, 9], Assert.Single(bench.Driver.Answers).Answer);
        Assert.Equal(0, bench.Transport.GetMetrics(1).Notifications);
    });

    [Fact] // D-63
    public void Notify_NothingNew_IsHarmless() => Run(async bench =>
    {
        bench.Driver.Device.Start();
        for (int i = 0; i < 10; i++)
        {
            bench.Transport.Notify(0);
            bench.Transport.Notify(1);
            bench.Transport.Notify(77);
        }

        await bench.Settle();
        Assert.Empty(bench.Driver.Answers);
        Assert.Equal(10, bench.Transport.GetMetrics(0).Notifications);
    });

    [Theory]
    [MemberData(nameof(RingKinds))]
    public void Notify_MessageComesAfterTheDeviceFoundNone_IsProcessed(VirtioFeatures ringFeatures, bool direct) => Run(
        async bench =>
        {
            bench.Driver.Device.Start();
            await bench.Settle();
            bool wanted = true;
            bench.Device.Meanwhile = () =>
            {
                Assert.True(bench.Driver.Add(3, [1, 2]));
                wanted = bench.Driver.Device.Queues[0].Publish();
            };
            bench.Transport.Notify(0); // for nothing, as when the message of a notification was taken with one before
            await bench.Settle();
            Assert.False(wanted); // so nobody notifies of it
            Assert.Equal([3], bench.Driver.Answers.Select(answer => (int)answer.Token));
        },
        new() { RingFeatures = ringFeatures, DirectInterrupts = direct });

    [Fact] // D-43, D-44
    public void Reset_MessagesInFlight_AreForgottenAndMemoryStaysUntouched() => Run(async bench =>
    {
        bench.Driver.Device.Start();
        await bench.Settle();
        Assert.True(bench.Driver.Add(1, [5]));
        bench.Driver.Kick(0); // pending, not yet processed
        Task<bool> reset = bench.Driver.Device.ResetAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.NotEqual(VirtioStatus.None, bench.Transport.Status); // the device has not let go yet
        Assert.True(await reset);
        Assert.Equal(VirtioStatus.None, bench.Transport.Status);
        await bench.Settle();
        Assert.Equal(["activate", "reset"], bench.Device.Log.Where(line => line != "reset queue 0"));
        Assert.False(bench.Transport.IsQueueEnabled(0));
        Assert.False(bench.Transport.IsQueueEnabled(1));
    });

    [Fact] // D-48
    public void Negotiate_AfterReset_WorksAgain() => Run(async bench =>
    {
        for (int life = 0; life < 3; life++)
        {
            bench.Driver.Device.Start();
            Assert.True(bench.Driver.Add((ushort)life, [(byte)life]));
            bench.Driver.Kick(0);
            await bench.Settle();
            Assert.Equal([(byte)life], bench.Driver.Answers[life].Answer);
            await bench.Driver.DisposeAsync();
            await bench.Driver.NegotiateAsync(bench.Transport);
        }
    });

    [Fact] // D-53, V-66
    public void ResetQueue_Running_EmptiesThatQueueOnly() => Run(async bench =>
    {
        bench.Driver.Device.Start();
        Assert.True(bench.Driver.Device.Queues[1].TryAdd([], [bench.Driver.Memory.Slice(0, 8)], 0));
        bench.Driver.Kick(1);
        Assert.True(bench.Driver.Add(2, [5]));
        bench.Driver.Kick(0);
        await bench.Settle();

        Assert.True(await bench.Driver.Device.ResetQueueAsync(1, TestContext.Current.CancellationToken));
        Assert.Contains("reset queue 1", bench.Device.Log);
        Assert.Equal(0, bench.Driver.Device.Queues[1].InFlight);
        Assert.Equal(8, bench.Driver.Device.Queues[1].FreeDescriptors);
        bench.Device.Bus.Post(static device => Assert.False(((EchoDevice)device!).Emit([1])), bench.Device);
        await bench.Settle();

        Assert.True(bench.Driver.Device.Queues[1].TryAdd([], [bench.Driver.Memory.Slice(8, 8)], 6));
        bench.Driver.Kick(1);
        bench.Device.Bus.Post(static device => Assert.True(((EchoDevice)device!).Emit([1])), bench.Device);
        await bench.Settle();
        Assert.Equal(6, bench.Driver.Answers[^1].Token);
    });

    [Fact]
    public void ResetQueue_NotNegotiated_Throws() => Run(
        async bench =>
        {
            bench.Driver.Device.Start();
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await bench.Driver.Device.ResetQueueAsync(0, TestContext.Current.CancellationToken));
            Assert.Throws<InvalidOperationException>(() => bench.Transport.DisableQueue(0));
        },
        new() { RingFeatures = VirtioFeatures.None });

    [Fact]
    public void ChangeConfig_Running_InterruptsWithNewGeneration() => Run(async bench =>
    {
        uint before = bench.Transport.ConfigGeneration;
        bench.Driver.Device.Start();
        await bench.Settle();
        bench.Device.SetConfig(0x5A);
        await bench.Settle();
        Assert.NotEqual(before, bench.Transport.ConfigGeneration);
        Assert.Equal(["config"], bench.Driver.Interrupts);
        byte[] config = new byte[12];
        Assert.True(VirtioHandshake.ReadConfig(bench.Transport, 4, config));
        Assert.Equal([0x5A, 0x5A, 0x5A, 0x5A, 0, 0, 0, 0, 0, 0, 0, 0], config);
    });

    [Fact] // D-41, D-42
    public void Process_CorruptRing_NeedsResetAndTellsTheDriver() => Run(
        async bench =>
        {
            bench.Driver.Device.Start();
            await bench.Settle();
            Assert.True(bench.Driver.Device.Queues[0].TryAdd([new DmaSlice(0xDEAD_0000_0000, 4)], [], 0));
            bench.Driver.Kick(0);
            await bench.Settle();
            Assert.True(bench.Transport.Status.HasFlag(VirtioStatus.NeedsReset));
            Assert.Equal(["config"], bench.Driver.Interrupts);
            Assert.Equal(VirtqueueFault.BadAddress, bench.Transport.GetMetrics(0).Fault);

            // and a reset leads out of it
            Assert.True(await bench.Driver.Device.ResetAsync(TestContext.Current.CancellationToken));
            Assert.Equal(VirtioStatus.None, bench.Transport.Status);
        });

    [Fact]
    public void Disconnect_Running_TellsOnceAndTakesTheMemoryAway() => Run(async bench =>
    {
        bench.Driver.Device.Start();
        await bench.Settle();
        Assert.True(bench.Driver.Add(1, [5]));
        bench.Driver.Kick(0);
        bench.Transport.Disconnect();
        bench.Transport.Disconnect();
        await bench.Settle();
        Assert.Equal("disconnected", bench.Driver.Interrupts[^1]);
        Assert.Single(bench.Driver.Interrupts, "disconnected");
        Assert.Equal("reset", bench.Device.Log[^1]);
        Assert.Equal(PcmError.NoDevice, Assert.Throws<VirtioTransportException>(() => bench.Transport.Status).Error);
        long notifications = bench.Transport.GetMetrics(0).Notifications;
        bench.Transport.Notify(0);
        Assert.Equal(notifications, bench.Transport.GetMetrics(0).Notifications);
        Assert.False(await bench.Driver.Device.ResetAsync(TestContext.Current.CancellationToken));
    });

    [Fact]
    public void Dispose_AfterDriver_LeavesNoMemory() => Run(async bench =>
    {
        bench.Driver.Device.Start();
        await bench.Settle();
        await bench.Driver.DisposeAsync();
        Assert.Equal(0, bench.Transport.Dma.LiveBytes);
        Assert.Equal(0, bench.Transport.Dma.QuarantinedBytes);
        await bench.Transport.DisposeAsync();
    });

    [Fact]
    public void Attach_Twice_Throws() => Run(async bench =>
    {
        await Task.CompletedTask;
        Assert.Throws<InvalidOperationException>(() => bench.Transport.Attach(bench.Driver));
    });

    private static void Run(Func<Bench, Task> test, InProcessTransportOptions? options = null)
    {
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            var bench = new Bench(clock, options ?? new());
            await bench.Driver.NegotiateAsync(bench.Transport);
            await test(bench);
        });
    }

    private sealed class Bench
    {
        private readonly VirtualClock _clock;

        public Bench(VirtualClock clock, InProcessTransportOptions options)
        {
            _clock = clock;
            Device = new EchoDevice();
            Transport = new InProcessTransport(Device, clock.Scheduler, options);
            Driver = new EchoDriver(clock);
            Transport.Attach(Driver);
        }

        public EchoDevice Device { get; }

        public InProcessTransport Transport { get; }

        public EchoDriver Driver { get; }

        /// <summary>Lets everything that is ready happen, then a millisecond pass.</summary>
        public Task Settle() => Task.Delay(TimeSpan.FromMilliseconds(1), _clock, TestContext.Current.CancellationToken);
    }
}
