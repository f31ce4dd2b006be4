namespace Pcm;

/// <summary>What <see cref="PcmSubstream.SyncPointer"/> shall do.</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct PcmSyncPointer
{
    /// <summary>Look at the hardware first.</summary>
    public bool HwSync { get; init; }

    /// <summary>Where to put the application, frames, <c>[0 .. boundary)</c>; null: leave it.</summary>
    public long? ApplicationPosition { get; init; }

    /// <summary>The new avail_min, unchecked as in the kernel; null: leave it.</summary>
    public long? AvailMin { get; init; }
}
