namespace Pcm.Virtio;

/// <summary>What a pin leads to: the "port connectivity" field of an HDA pin's configuration word (HDA 7.3.3.31).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum HdaPinConnectivity
{
    /// <summary>A jack.</summary>
    Jack = 0,

    /// <summary>Nothing.</summary>
    None = 1,

    /// <summary>A fixed device, such as a built-in speaker.</summary>
    Fixed = 2,

    /// <summary>A jack and a fixed device.</summary>
    JackAndFixed = 3,
}
