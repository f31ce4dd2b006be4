namespace Pcm.Virtio;

/// <summary>What the device keeps of an I/O message while it holds the driver's chain.</summary>
/// <param name="Head">The chain.</param>
/// <param name="Bytes">Audio bytes, or room for them; whole frames.</param>
/// <param name="End">The stream position, in frames since PREPARE, at which the message is done: the sum of all messages up to it.</param>
/// <param name="IsBad">Malformed: no audio, and IO_ERR when its turn comes.</param>
internal readonly record struct SoundMessage(ushort Head, long Bytes, long End, bool IsBad);
