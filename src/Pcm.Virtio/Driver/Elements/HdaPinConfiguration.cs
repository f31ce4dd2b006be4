namespace Pcm.Virtio;

/// <summary>
/// The default configuration word of an HDA pin (hda_reg_defconf of virtio 5.14.6.4.1), taken apart. A pin that is none of HDA's values gives a number
/// without a name, never an error.
/// </summary>
/// <param name="Value">The word.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct HdaPinConfiguration(uint Value)
{
    /// <summary>Place and side of a digital display, such as HDMI.</summary>
    private const uint DisplayLocation = 0x18;

    /// <summary>The order within an association, [0 .. 15].</summary>
    public int Sequence => (int)(Value & 0xF);

    /// <summary>Which pins work together, [0 .. 15].</summary>
    public int Association => (int)((Value >> 4) & 0xF);

    /// <summary>Whether it can tell that something is plugged in (the override bit of the "misc" field is clear).</summary>
    public bool HasPresenceDetect => (Value & 0x100) == 0;

    /// <summary>The jack's colour.</summary>
    public HdaPinColor Color => (HdaPinColor)((Value >> 12) & 0xF);

    /// <summary>The plug that fits.</summary>
    public HdaPinConnection Connection => (HdaPinConnection)((Value >> 16) & 0xF);

    /// <summary>What it is meant for.</summary>
    public HdaPinDevice Device => (HdaPinDevice)((Value >> 20) & 0xF);

    /// <summary>The side on which it is.</summary>
    public HdaPinSide Side => (HdaPinSide)((Value >> 24) & 0xF);

    /// <summary>The part of the machine on which it is.</summary>
    public HdaPinPlace Place => (HdaPinPlace)((Value >> 28) & 0x3);

    /// <summary>What it leads to.</summary>
    public HdaPinConnectivity Connectivity => (HdaPinConnectivity)((Value >> 30) & 0x3);

    /// <summary>What Linux's driver calls such a jack.</summary>
    public string Label => Device switch
    {
        HdaPinDevice.LineOut => "Line Out",
        HdaPinDevice.Speaker => "Speaker",
        HdaPinDevice.Headphone => "Headphone",
        HdaPinDevice.CD => "CD",
        HdaPinDevice.SpdifOut or HdaPinDevice.OtherDigitalOut => ((Value >> 24) & 0x3F) == DisplayLocation ? "HDMI Out" : "SPDIF Out",
        HdaPinDevice.LineIn => "Line",
        HdaPinDevice.Aux => "Aux",
        HdaPinDevice.Microphone => "Mic",
        HdaPinDevice.SpdifIn => "SPDIF In",
        HdaPinDevice.OtherDigitalIn => "Digital In",
        _ => "Misc",
    };

    /// <summary>What Linux's driver reports as plugged in.</summary>
    public VirtioSoundJackTypes Types => Device switch
    {
        HdaPinDevice.LineOut or HdaPinDevice.Speaker => VirtioSoundJackTypes.LineOut,
        HdaPinDevice.Headphone => VirtioSoundJackTypes.Headphone,
        HdaPinDevice.SpdifOut or HdaPinDevice.OtherDigitalOut => VirtioSoundJackTypes.LineOut | VirtioSoundJackTypes.VideoOut,
        HdaPinDevice.Microphone => VirtioSoundJackTypes.Microphone,
        _ => VirtioSoundJackTypes.LineIn,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Label} 0x{Value:x8}";
}
