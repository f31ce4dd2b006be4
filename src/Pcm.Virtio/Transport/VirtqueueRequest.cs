namespace Pcm.Virtio;

/// <summary>One queue a driver wants, by its position in <see cref="VirtioHandshakeOptions.Queues"/>.</summary>
/// <param name="Size">The most descriptors it has use for, at least 1; the device may allow fewer.</param>
/// <param name="IndirectDescriptors">The longest chain to send through an indirect table when the device can; 0 for none.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct VirtqueueRequest(int Size, int IndirectDescriptors);
