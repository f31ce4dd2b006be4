namespace Pcm.Virtio;

/// <summary>What happened on one queue of an <see cref="InProcessTransport"/> since it was made.</summary>
/// <param name="Notifications">Calls of <see cref="VirtioTransport.Notify"/>.</param>
/// <param name="Interrupts">Interrupts the device raised; several may have been told as one.</param>
/// <param name="Fault">Why the device's end broke, if it did.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct InProcessQueueMetrics(long Notifications, long Interrupts, VirtqueueFault Fault);
