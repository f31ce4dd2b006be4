namespace Pcm.Virtio;

/// <summary>A jack as the driver sees it (virtio 5.14.6.4).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public sealed record VirtioSoundJackOptions
{
    /// <summary>The function group it belongs to (hda_fn_nid).</summary>
    public uint HdaFunctionNode { get; init; }

    /// <summary>What the driver can do with it.</summary>
    public VirtioSoundJackFeatures Features { get; init; }

    /// <summary>The HDA pin's default configuration word (hda_reg_defconf); association and sequence in bits 0 to 7 are what a remap changes.</summary>
    public uint DefaultConfiguration { get; init; }

    /// <summary>The HDA pin's capabilities word (hda_reg_caps).</summary>
    public uint Capabilities { get; init; }

    /// <summary>Whether something is plugged in at first; <see cref="VirtioSoundDevice.SetJackConnected"/> changes it.</summary>
    public bool IsConnected { get; init; }
}
