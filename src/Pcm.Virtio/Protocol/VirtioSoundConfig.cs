using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>The device's configuration space. Wire struct of 16 bytes (virtio 5.14.4).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundConfig
{
    /// <summary>Number of jacks.</summary>
    public Le32 Jacks { get; init; }

    /// <summary>Number of PCM streams.</summary>
    public Le32 Streams { get; init; }

    /// <summary>Number of channel maps.</summary>
    public Le32 Chmaps { get; init; }

    /// <summary>Number of control elements. Exists, and may be read, only with <see cref="VirtioFeatures.SoundControls"/>: without it the struct's first 12 bytes are the whole space.</summary>
    public Le32 Controls { get; init; }
}
