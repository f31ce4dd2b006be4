namespace Pcm.Testing.Replay;

/// <summary>What the INFO ioctl answers (the kernel's <c>snd_pcm_info</c>), without the card's number and id, which are the machine's.</summary>
/// <param name="Device">The device's number.</param>
/// <param name="Subdevice">The substream's number.</param>
/// <param name="Stream">0 playback, 1 capture.</param>
/// <param name="Name">The device's name.</param>
/// <param name="SubName">The substream's name.</param>
/// <param name="Count">Substreams of this direction.</param>
/// <param name="Available">Those that are free.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct KernelFileInfo(int Device, int Subdevice, int Stream, string Name, string SubName, int Count, int Available);
