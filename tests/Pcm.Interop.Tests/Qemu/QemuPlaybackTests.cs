using static Pcm.Interop.Tests.Qemu.StreamExtensions;

namespace Pcm.Interop.Tests.Qemu;

/// <summary>What QEMU's device wrote is what was played, to the bit, over each kind of registers, interrupts and rings.</summary>
public sealed class QemuPlaybackTests
{
    public static TheoryData<QemuBus, bool, bool> Machines => new()
    {
        { QemuBus.Pci, true, false },
        { QemuBus.Pci, true, true },
        { QemuBus.Pci, false, false },
        { QemuBus.Mmio, false, false },
        { QemuBus.Mmio, false, true },
    };

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task Play_NoiseOfAnyLength_IsRecordedBitForBit(QemuBus bus, bool messages, bool packed)
    {
        byte[] data = Noise(48_123 * 4);
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { Bus = bus, MessageInterrupts = messages, Packed = packed });
        Assert.Equal(packed, rig.Driver.Features.HasFlag(VirtioFeatures.RingPacked));
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync();
        await stream.PlayAsync(data);
        await stream.CloseAsync();
        Assert.Equal(0, rig.Driver.QuarantinedBytes);
        Assert.Equal(data, await rig.CloseAsync());
    }
}
