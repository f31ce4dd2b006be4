namespace Pcm.Virtio;

/// <summary>A command on its way through a stream: the driver's, with the message to answer, or the device's own, without.</summary>
/// <param name="Command">What to do.</param>
/// <param name="Queue">Where the answer goes; null for none. Detached by a reset meanwhile: then the answer touches nothing.</param>
/// <param name="Head">The request's message.</param>
/// <param name="Parameters">Of a SET_PARAMS.</param>
internal readonly record struct SoundStreamWork(
    SoundStreamCommand Command, DeviceVirtqueue? Queue = null, ushort Head = 0, VirtioSoundPcmSetParams Parameters = default);
