namespace Pcm.Virtio;

/// <summary>Where the three areas of a queue lie, for the device to be told.</summary>
/// <param name="Size">Number of descriptors: 1 to 32768; a power of two for a split queue.</param>
/// <param name="DescriptorArea">Device address of the descriptor table or ring, 16-byte aligned.</param>
/// <param name="DriverArea">Device address of the available ring (2-byte aligned) or the driver's event area (4-byte aligned).</param>
/// <param name="DeviceArea">Device address of the used ring or the device's event area, 4-byte aligned.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct VirtqueueAddresses(ushort Size, ulong DescriptorArea, ulong DriverArea, ulong DeviceArea);
