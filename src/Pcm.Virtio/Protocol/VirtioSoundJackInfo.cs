using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Describes a jack. Wire struct of 24 bytes (virtio 5.14.6.4.1, virtio_snd_jack_info).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundJackInfo
{
    /// <summary>Groups jacks, streams and channel maps that belong together (hda_fn_nid).</summary>
    public Le32 HdaFunctionNode { get; init; }

    /// <summary><see cref="VirtioSoundJackFeatures"/>.</summary>
    public Le32 Features { get; init; }

    /// <summary>The HDA pin's default configuration word (hda_reg_defconf).</summary>
    public Le32 DefaultConfiguration { get; init; }

    /// <summary>The HDA pin's capabilities word (hda_reg_caps).</summary>
    public Le32 Capabilities { get; init; }

    /// <summary>1 when something is plugged in, else 0.</summary>
    public byte Connected { get; init; }

    /// <summary>Zero.</summary>
    public byte Padding1 { get; init; }

    /// <summary>Zero.</summary>
    public Le16 Padding2 { get; init; }

    /// <summary>Zero.</summary>
    public Le32 Padding4 { get; init; }
}
