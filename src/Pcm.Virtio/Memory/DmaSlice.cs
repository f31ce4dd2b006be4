namespace Pcm.Virtio;

/// <summary>A piece of memory as the device addresses it: what one descriptor describes.</summary>
/// <param name="DeviceAddress">First byte, in the device's address space.</param>
/// <param name="Length">Bytes. Zero is allowed here; a virtqueue drops empty slices, because real devices refuse empty descriptors.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct DmaSlice(ulong DeviceAddress, uint Length);
