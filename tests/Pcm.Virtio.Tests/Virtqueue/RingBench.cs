using System.Buffers.Binary;

namespace Pcm.Virtio.Tests;

/// <summary>A driver's and a device's side over the same memory, and slots of payload for messages by token.</summary>
internal sealed class RingBench : IDisposable
{
    public const int SlotBytes = 64;

    private readonly InProcessDmaAllocator _dma;

    public RingBench(RingCase ring, int tokens = 64, DeviceVirtqueueLimits? limits = null)
    {
        Memory = new GuestMemory();
        _dma = new InProcessDmaAllocator(Memory);
        Payload = _dma.Allocate(tokens * SlotBytes, 16);
        Driver = DriverVirtqueue.Create(ring.Kind, ring.Size, ring.Features, _dma, ring.Indirect);
        Device = DeviceVirtqueue.TryCreate(ring.Kind, Driver.Addresses, ring.Features, Memory, limits ?? DeviceVirtqueueLimits.Default)
            ?? throw new InvalidOperationException("The device refuses the rings.");
    }

    public GuestMemory Memory { get; }

    public DmaAllocator Dma => _dma;

    public DmaRegion Payload { get; }

    public DriverVirtqueue Driver { get; }

    public DeviceVirtqueue Device { get; }

    public DmaSlice Slot(int token, int offset, int length) => Payload.Slice((token * SlotBytes) + offset, length);

    public Span<byte> SlotSpan(int token, int offset, int length) => Payload.Span.Slice((token * SlotBytes) + offset, length);

    /// <summary>Messages there and back, so that the indices move on.</summary>
    public void Advance(int messages)
    {
        bool fine = true;
        for (int i = 0; i < messages; i++)
        {
            fine &= Driver.TryAdd([Slot(0, 0, 1)], [], 0);
            Driver.Publish();
            fine &= Device.TryPop(out DescriptorChain chain);
            Device.Push(chain.Head, 0);
            Device.Publish();
            fine &= Driver.TryTakeUsed(out _, out _);
        }

        Assert.True(fine);
    }

    // What follows is for tests that play a peer gone wild: the rings' bytes, as either side could write them.

    public Span<byte> Descriptors => Area(Driver.Addresses.DescriptorArea);

    public Span<byte> DriverArea => Area(Driver.Addresses.DriverArea);

    public Span<byte> DeviceArea => Area(Driver.Addresses.DeviceArea);

    public void WriteSplit(int index, DmaSlice slice, int flags, int next) => Write(Descriptors[(index * 16)..], slice, flags, next);

    /// <summary>Flags without AVAIL and USED: those of a ring's first lap are added.</summary>
    public void WritePacked(int index, DmaSlice slice, int id, int flags) => Write(Descriptors[(index * 16)..], slice, id, flags | 0x80);

    public static void Write(Span<byte> at, DmaSlice slice, int word0, int word1)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(at, slice.DeviceAddress);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], slice.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(at[12..], (ushort)word0);
        BinaryPrimitives.WriteUInt16LittleEndian(at[14..], (ushort)word1);
    }

    /// <summary>Split: fills the available ring from entry 0 and sets its index.</summary>
    public void MakeAvailable(int index, params ReadOnlySpan<int> heads)
    {
        for (int i = 0; i < heads.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(DriverArea[(4 + (2 * i))..], (ushort)heads[i]);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(DriverArea[2..], (ushort)index);
    }

    /// <summary>Split: fills the used ring from entry 0 and sets its index.</summary>
    public void MakeUsed(int index, params ReadOnlySpan<(uint Id, uint Length)> entries)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(DeviceArea[(4 + (8 * i))..], entries[i].Id);
            BinaryPrimitives.WriteUInt32LittleEndian(DeviceArea[(8 + (8 * i))..], entries[i].Length);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(DeviceArea[2..], (ushort)index);
    }

    private Span<byte> Area(ulong address)
    {
        Assert.True(Memory.TryGetSpan(address, int.MaxValue, out Span<byte> span));
        return span;
    }

    public void Dispose()
    {
        Driver.Dispose();
        Payload.Dispose();
        _dma.Dispose();
    }
}
