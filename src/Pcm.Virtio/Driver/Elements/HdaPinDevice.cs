namespace Pcm.Virtio;

/// <summary>What an HDA pin is meant for: the "default device" field of its configuration word (HDA 7.3.3.31).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum HdaPinDevice
{
    /// <summary>Line out.</summary>
    LineOut = 0,

    /// <summary>A speaker.</summary>
    Speaker = 1,

    /// <summary>Headphones.</summary>
    Headphone = 2,

    /// <summary>A CD drive's analog output.</summary>
    CD = 3,

    /// <summary>S/PDIF out; HDMI when the location says so.</summary>
    SpdifOut = 4,

    /// <summary>Another digital output; HDMI when the location says so.</summary>
    OtherDigitalOut = 5,

    /// <summary>The line of a modem.</summary>
    ModemLine = 6,

    /// <summary>The handset of a modem.</summary>
    ModemHandset = 7,

    /// <summary>Line in.</summary>
    LineIn = 8,

    /// <summary>An auxiliary input.</summary>
    Aux = 9,

    /// <summary>A microphone.</summary>
    Microphone = 10,

    /// <summary>Telephony.</summary>
    Telephony = 11,

    /// <summary>S/PDIF in.</summary>
    SpdifIn = 12,

    /// <summary>Another digital input.</summary>
    OtherDigitalIn = 13,

    /// <summary>Reserved.</summary>
    Reserved = 14,

    /// <summary>Something else.</summary>
    Other = 15,
}
