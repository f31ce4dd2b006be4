namespace Pcm.Virtio;

/// <summary>On which part of the machine a jack is: bits 4 and 5 of the "location" field of an HDA pin's configuration word (HDA 7.3.3.31).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum HdaPinPlace
{
    /// <summary>Outside, on the main case.</summary>
    External = 0,

    /// <summary>Inside.</summary>
    Internal = 1,

    /// <summary>On a separate case.</summary>
    Separate = 2,

    /// <summary>Elsewhere.</summary>
    Other = 3,
}
