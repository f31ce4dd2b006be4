namespace Pcm;

/// <summary>How to open (the flags of open(2) that PCM knows).</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum PcmOpenMode
{
    /// <summary>Wait while all substreams are busy; transfers may wait.</summary>
    None = 0,

    /// <summary>A busy substream is EBUSY; transfers and drain do not wait.</summary>
    NonBlocking = 1,

    /// <summary>Share a substream that is open already.</summary>
    Append = 2,
}
