namespace Pcm.Virtio;

/// <summary>
/// On which side a jack is: bits 0 to 3 of the "location" field of an HDA pin's configuration word (HDA 7.3.3.31). What 7 to 9 mean depends on
/// the <see cref="HdaPinPlace"/>; the others are reserved.
/// </summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum HdaPinSide
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>Rear.</summary>
    Rear = 1,

    /// <summary>Front.</summary>
    Front = 2,

    /// <summary>Left.</summary>
    Left = 3,

    /// <summary>Right.</summary>
    Right = 4,

    /// <summary>Top.</summary>
    Top = 5,

    /// <summary>Bottom.</summary>
    Bottom = 6,

    /// <summary>The rear panel (external), a riser (internal), inside a lid (other).</summary>
    Special7 = 7,

    /// <summary>The drive bay (external), a digital display (internal), the outside of a lid (other).</summary>
    Special8 = 8,

    /// <summary>ATAPI (internal).</summary>
    Special9 = 9,
}
