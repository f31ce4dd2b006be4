namespace Pcm.Virtio.Tests;

/// <summary>The hot path of both sides allocates nothing.</summary>
public sealed class VirtqueueAllocationTests
{
    public static TheoryData<VirtqueueKind, bool, int> Cases()
    {
        var data = new TheoryData<VirtqueueKind, bool, int>();
        foreach (VirtqueueKind kind in Enum.GetValues<VirtqueueKind>())
        {
            data.Add(kind, false, 0);
            data.Add(kind, true, 0);
            data.Add(kind, true, 4);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void SteadyState_10000Messages_AllocatesNothing(VirtqueueKind kind, bool eventIndex, int indirect)
    {
        using var bench = new RingBench(new(kind, 16, eventIndex, indirect));
        AllocationMeter.AssertNothing(() => Pump(bench, 4) == 4, 2_500);
    }

    private static int Pump(RingBench bench, int messages)
    {
        Span<byte> bytes = stackalloc byte[16];
        int taken = 0;
        for (int i = 0; i < messages; i += 4)
        {
            for (ushort token = 0; token < 4; token++)
            {
                bench.Driver.TryAdd([bench.Slot(token, 0, 4), bench.Slot(token, 4, 12)], [bench.Slot(token, 32, 8)], token);
            }

            bench.Driver.Publish();
            bench.Device.DisableNotifications();
            while (bench.Device.TryPop(out DescriptorChain chain))
            {
                chain.TryCopyTo(0, bytes);
                foreach (Span<byte> part in bench.Device.Open(chain.Head).EnumerateWritable(0, 8))
                {
                    part.Fill(1);
                }

                bench.Device.Push(chain.Head, 8);
            }

            bench.Device.TryEnableNotifications();
            bench.Device.Publish();
            bench.Driver.DisableInterrupts();
            while (bench.Driver.TryTakeUsed(out _, out _))
            {
                taken++;
            }

            bench.Driver.TryEnableInterrupts();
        }

        return taken;
    }
}
