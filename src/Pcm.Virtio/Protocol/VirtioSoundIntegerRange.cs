using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>The values of a 32-bit control element. Wire struct of 12 bytes (virtio 5.14.6.10.1).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundIntegerRange
{
    /// <summary>The lowest.</summary>
    public Le32 Minimum { get; init; }

    /// <summary>The highest.</summary>
    public Le32 Maximum { get; init; }

    /// <summary>The distance of two; 0 when it varies.</summary>
    public Le32 Step { get; init; }
}
