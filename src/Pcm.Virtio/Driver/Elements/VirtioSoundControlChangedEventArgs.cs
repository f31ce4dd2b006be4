namespace Pcm.Virtio;

/// <summary>What changed about a control element.</summary>
/// <param name="mask">What.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class VirtioSoundControlChangedEventArgs(VirtioSoundControlEventMask mask) : EventArgs
{
    /// <summary>What changed; several notifications may come as one.</summary>
    public VirtioSoundControlEventMask Mask { get; } = mask;
}
