namespace Pcm.Virtio;

/// <summary>The plug of a jack: the "connection type" field of an HDA pin's configuration word (HDA 7.3.3.31). 12 to 14 are reserved.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum HdaPinConnection
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>3.5 mm, stereo or mono.</summary>
    EighthInch = 1,

    /// <summary>6.3 mm, stereo or mono.</summary>
    QuarterInch = 2,

    /// <summary>Inside the case, ATAPI.</summary>
    AtapiInternal = 3,

    /// <summary>RCA.</summary>
    Rca = 4,

    /// <summary>Optical.</summary>
    Optical = 5,

    /// <summary>Another digital one.</summary>
    OtherDigital = 6,

    /// <summary>Another analog one.</summary>
    OtherAnalog = 7,

    /// <summary>DIN, several analog channels.</summary>
    MultichannelDin = 8,

    /// <summary>XLR.</summary>
    Xlr = 9,

    /// <summary>RJ-11, of a modem.</summary>
    ModemRj11 = 10,

    /// <summary>A combination of several.</summary>
    Combination = 11,

    /// <summary>Something else.</summary>
    Other = 15,
}
