namespace Pcm.Virtio;

/// <summary>The colour of a jack: the "color" field of an HDA pin's configuration word (HDA 7.3.3.31). 11 to 13 are reserved.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum HdaPinColor
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Black.</summary>
    Black = 1,

    /// <summary>Grey.</summary>
    Grey = 2,

    /// <summary>Blue.</summary>
    Blue = 3,

    /// <summary>Green.</summary>
    Green = 4,

    /// <summary>Red.</summary>
    Red = 5,

    /// <summary>Orange.</summary>
    Orange = 6,

    /// <summary>Yellow.</summary>
    Yellow = 7,

    /// <summary>Purple.</summary>
    Purple = 8,

    /// <summary>Pink.</summary>
    Pink = 9,

    /// <summary>White.</summary>
    White = 14,

    /// <summary>Another colour.</summary>
    Other = 15,
}
