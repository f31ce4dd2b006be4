using System.Buffers.Binary;
using CsCheck;

namespace Pcm.Virtio.Tests;

/// <summary>When each side asks for, and gets, a notification.</summary>
public sealed class NotificationTests
{
    public static TheoryData<VirtqueueKind, bool> Kinds => RingCase.Kinds();

    [Theory] // the examples of the specification's formula, with the wrap
    [InlineData(65535, 2, 65534, true)]
    [InlineData(2, 2, 65534, false)]
    [InlineData(4, 5, 4, true)]
    [InlineData(65535, 0, 65535, true)]
    [InlineData(0, 0, 65535, false)]
    [InlineData(7, 7, 7, false)]
    public void NeedEvent_Example_AsTheFormula(int eventIndex, int newIndex, int oldIndex, bool expected) =>
        Assert.Equal(expected, NotificationRule.NeedEvent((ushort)eventIndex, (ushort)newIndex, (ushort)oldIndex));

    [Fact]
    public void NeedEvent_AnyWindow_MeansTheEventIsInIt() =>
        Gen.Select(Gen.UShort, Gen.Int[0, 32768], Gen.UShort).Sample((oldIndex, count, eventIndex) =>
        {
            bool within = (ushort)(eventIndex - oldIndex) < count;
            Assert.Equal(within, NotificationRule.NeedEvent(eventIndex, (ushort)(oldIndex + count), oldIndex));
        });

    [Fact]
    public void NeedEventPacked_AnyWindow_MeansTheEventIsInIt() =>
        Gen.Select(Gen.Int[1, 32768], Gen.Int[0, 1 << 20], Gen.Int[0, 32768]).Sample((size, start, distance) =>
        {
            // Positions counted without wrapping; the event is one of the positions a peer can name: this lap's or the last one's.
            int published = Math.Min(distance, size);
            int end = start + published;
            for (int eventAt = Math.Max(0, end - size); eventAt < end + size; eventAt += Math.Max(1, size / 7))
            {
                if (eventAt / size < (end / size) - 1 || eventAt / size > end / size)
                {
                    continue;
                }

                bool eventWrap = eventAt / size % 2 == 0;
                bool wrap = end / size % 2 == 0;
                ushort wish = (ushort)((eventAt % size) | (eventWrap ? 0x8000 : 0));
                bool expected = eventAt >= start && eventAt < end;
                Assert.Equal(expected, NotificationRule.NeedEventPacked(wish, end % size, wrap, published, size));
            }
        });

    [Theory] // D-62
    [InlineData(false)]
    [InlineData(true)]
    public void UsedFlags_AnyOrderOfWishes_SayTheLastAndNothingBesideTheEventIndex(bool eventIndex) =>
        Gen.Int[0, 3].Array[1, 40].Sample(script =>
        {
            using var bench = new RingBench(new(VirtqueueKind.Split, 8, eventIndex, Indirect: 0));
            int wish = 0;
            foreach (int step in script)
            {
                switch (step)
                {
                    case 0:
                        bench.Device.TryEnableNotifications();
                        wish = 0;
                        break;
                    case 1:
                        bench.Device.DisableNotifications();
                        wish = 1;
                        break;
                    default:
                        bench.Advance(step);
                        break;
                }

                Assert.Equal(eventIndex ? 0 : wish, BinaryPrimitives.ReadUInt16LittleEndian(bench.DeviceArea));
            }
        });

    [Theory] // V-60, D-60: the sweep around 65535 -> 0
    [InlineData(VirtqueueKind.Split)]
    [InlineData(VirtqueueKind.Packed)]
    public void Publish_EventIndexSweepAroundTheWrap_NotifiesExactlyWhenAsked(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, EventIndex: true, Indirect: 0));
        bench.Advance(65536 - 40);

        for (int i = 0; i < 80; i++)
        {
            // A sleeping device is notified of the first message, not of the second; then it sleeps again.
            Assert.True(bench.Device.TryEnableNotifications());
            bench.Device.DisableNotifications();
            Assert.True(bench.Device.TryEnableNotifications());
            Assert.True(bench.Driver.TryEnableInterrupts());
            Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 1)], [], 0));
            Assert.True(bench.Driver.Publish(), $"first message of round {i}");
            Assert.True(bench.Driver.TryAdd([bench.Slot(1, 0, 1)], [], 1));
            Assert.False(bench.Driver.Publish(), $"second message of round {i}");

            Assert.True(bench.Device.TryPop(out DescriptorChain first));
            Assert.True(bench.Device.TryPop(out DescriptorChain second));
            bench.Device.Push(first.Head, 0);
            Assert.True(bench.Device.Publish(), $"first answer of round {i}");
            bench.Device.Push(second.Head, 0);
            Assert.False(bench.Device.Publish(), $"second answer of round {i}");
            bench.Driver.DisableInterrupts();
            Assert.True(bench.Driver.TryTakeUsed(out _, out _));
            Assert.True(bench.Driver.TryTakeUsed(out _, out _));
        }
    }

    [Theory] // V-60, D-60: "old" is the index at the last decision, so a batch over the asked-for entry counts
    [MemberData(nameof(Kinds))]
    public void Publish_BatchAcrossTheWish_Notifies(VirtqueueKind kind, bool eventIndex)
    {
        using var bench = new RingBench(new(kind, 8, eventIndex, Indirect: 0));
        for (ushort token = 0; token < 5; token++)
        {
            Assert.True(bench.Driver.TryAdd([bench.Slot(token, 0, 1)], [], token));
        }

        Assert.True(bench.Driver.Publish());
        Assert.False(bench.Driver.Publish()); // nothing new
        while (bench.Device.TryPop(out DescriptorChain chain))
        {
            bench.Device.Push(chain.Head, 0);
        }

        Assert.True(bench.Device.Publish());
        Assert.False(bench.Device.Publish());
    }

    [Theory] // V-59, D-59, D-62
    [MemberData(nameof(Kinds))]
    public void Publish_PeerSaysNo_StaysSilent(VirtqueueKind kind, bool eventIndex)
    {
        using var bench = new RingBench(new(kind, 8, eventIndex, Indirect: 0));
        bench.Device.DisableNotifications();
        bench.Driver.DisableInterrupts();
        for (int i = 0; i < 20; i++)
        {
            Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 1)], [], 0));
            Assert.False(bench.Driver.Publish());
            Assert.True(bench.Device.TryPop(out DescriptorChain chain));
            bench.Device.Push(chain.Head, 0);
            Assert.False(bench.Device.Publish());
            Assert.True(bench.Driver.TryTakeUsed(out _, out _));
        }

        Assert.True(bench.Device.TryEnableNotifications());
        Assert.True(bench.Driver.TryEnableInterrupts());
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 1)], [], 0));
        Assert.True(bench.Driver.Publish());
        Assert.True(bench.Device.TryPop(out DescriptorChain last));
        bench.Device.Push(last.Head, 0);
        Assert.True(bench.Device.Publish());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TryEnable_WorkArrivedMeanwhile_SaysSo(VirtqueueKind kind, bool eventIndex)
    {
        using var bench = new RingBench(new(kind, 8, eventIndex, Indirect: 0));
        bench.Device.DisableNotifications();
        bench.Driver.DisableInterrupts();
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 1)], [], 0));
        bench.Driver.Publish();
        Assert.False(bench.Device.TryEnableNotifications());
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        Assert.True(bench.Device.TryEnableNotifications());
        bench.Device.Push(chain.Head, 0);
        bench.Device.Publish();
        Assert.False(bench.Driver.TryEnableInterrupts());
        Assert.True(bench.Driver.TryTakeUsed(out _, out _));
        Assert.True(bench.Driver.TryEnableInterrupts());
    }

    /// <summary>
    /// Any interleaving of the steps of two sides that sleep when told they may: whoever sleeps has nothing to do, or a notification is on
    /// its way.
    /// </summary>
    [Fact]
    public void AnyInterleaving_SidesThatSleep_LoseNoNotification() =>
        SleepySides(Gen.Const(0), iterations: 2000);

    [Fact]
    public void AnyInterleaving_AroundTheWrapOfTheIndices_LoseNoNotification() =>
        SleepySides(Gen.Int[65520, 65536], iterations: 40);

    /// <summary>
    /// Real threads, each asleep whenever it was told that it may: a missing fence shows as a time-out. The bound on the waits is only there
    /// to fail instead of hanging.
    /// </summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void TwoThreads_EachSleepsWhenIdle_FinishAll(VirtqueueKind kind, bool eventIndex)
    {
        const int Messages = 30_000;
        using var bench = new RingBench(new(kind, 4, eventIndex, Indirect: 0));
        using var kick = new SemaphoreSlim(0);
        using var interrupt = new SemaphoreSlim(0);
        var limit = TimeSpan.FromSeconds(30);
        bool deviceDone = false;
        var device = new Thread(() => deviceDone = RunSleepyDevice(bench.Device, Messages, kick, interrupt, limit));
        device.Start();
        int sent = 0;
        int received = 0;
        bool woken = true;
        while (received < Messages && woken)
        {
            while (sent < Messages && bench.Driver.TryAdd([bench.Slot(0, 0, 1)], [], 0))
            {
                sent++;
            }

            if (bench.Driver.Publish())
            {
                kick.Release();
            }

            bench.Driver.DisableInterrupts();
            while (bench.Driver.TryTakeUsed(out _, out _))
            {
                received++;
            }

            if (bench.Driver.TryEnableInterrupts() && received < Messages && (bench.Driver.FreeDescriptors == 0 || sent == Messages))
            {
                woken = interrupt.Wait(limit, TestContext.Current.CancellationToken);
            }
        }

        device.Join();
        Assert.True(woken, "the driver was not woken");
        Assert.True(deviceDone, "the device was not woken");
        Assert.Equal(Messages, received);
    }

    private static void SleepySides(Gen<int> lead, int iterations) =>
        Gen.Select(RingCase.Any(64), lead, Gen.Int[0, 7].Array[0, 300]).Sample(
            (ring, lead, steps) =>
            {
                using var bench = new RingBench(ring);
                bench.Advance(lead);
                var world = new SleepyWorld(bench);
                foreach (int step in steps)
                {
                    world.Step(step);
                }
            },
            iter: iterations);

    private static bool RunSleepyDevice(DeviceVirtqueue queue, int messages, SemaphoreSlim kick, SemaphoreSlim interrupt, TimeSpan limit)
    {
        int handled = 0;
        while (true)
        {
            queue.DisableNotifications();
            while (queue.TryPop(out DescriptorChain chain))
            {
                queue.Push(chain.Head, 0);
                handled++;
                if (queue.Publish())
                {
                    interrupt.Release();
                }
            }

            if (handled == messages)
            {
                return true;
            }

            if (queue.TryEnableNotifications() && !kick.Wait(limit))
            {
                return false;
            }
        }
    }

    private sealed class SleepyWorld(RingBench bench)
    {
        private readonly Queue<ushort> _held = new();
        private int _published;
        private int _added;
        private int _popped;
        private int _pushed;
        private int _pushedPublished;
        private int _taken;
        private bool _deviceSleeps;
        private bool _driverSleeps;
        private bool _kicked;
        private bool _interrupted;

        public void Step(int step)
        {
            switch (step)
            {
                case 0 or 1: // the application adds, whether or not the driver sleeps
                    _added += bench.Driver.TryAdd([bench.Slot(0, 0, 1)], [], 0) ? 1 : 0;
                    break;
                case 2:
                    _kicked |= bench.Driver.Publish();
                    _published = _added;
                    break;
                case 3:
                    _deviceSleeps &= !_kicked;
                    _kicked &= _deviceSleeps;
                    _driverSleeps &= !_interrupted;
                    _interrupted &= _driverSleeps;
                    break;
                case 4 when !_deviceSleeps:
                    bench.Device.DisableNotifications();
                    if (bench.Device.TryPop(out DescriptorChain chain))
                    {
                        _popped++;
                        _held.Enqueue(chain.Head);
                    }
                    else
                    {
                        _deviceSleeps = bench.Device.TryEnableNotifications();
                    }

                    break;
                case 5: // completions come from elsewhere, whether or not the device sleeps
                    if (_held.TryDequeue(out ushort head))
                    {
                        bench.Device.Push(head, 0);
                        _pushed++;
                    }

                    break;
                case 6:
                    _interrupted |= bench.Device.Publish();
                    _pushedPublished = _pushed;
                    break;
                case 7 when !_driverSleeps:
                    bench.Driver.DisableInterrupts();
                    if (bench.Driver.TryTakeUsed(out _, out _))
                    {
                        _taken++;
                    }
                    else
                    {
                        _driverSleeps = bench.Driver.TryEnableInterrupts();
                    }

                    break;
                default:
                    break;
            }

            Assert.False(_deviceSleeps && !_kicked && _published > _popped, "the device sleeps on work");
            Assert.False(_driverSleeps && !_interrupted && _pushedPublished > _taken, "the driver sleeps on answers");
        }
    }
}
