namespace Pcm.Virtio;

/// <summary>The driver set a control element.</summary>
/// <param name="control">Its place in the options.</param>
/// <param name="value">Its new values.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class VirtioSoundControlWrittenEventArgs(int control, VirtioSoundControlValue value) : EventArgs
{
    /// <summary>Its place in the options.</summary>
    public int Control { get; } = control;

    /// <summary>Its new values.</summary>
    public VirtioSoundControlValue Value { get; } = value;
}
