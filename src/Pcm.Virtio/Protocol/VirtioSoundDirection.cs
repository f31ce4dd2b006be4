namespace Pcm.Virtio;

/// <summary>Which way a stream or channel map goes (virtio 5.14.6: VIRTIO_SND_D_*).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum VirtioSoundDirection : byte
{
    /// <summary>Driver to device: playback.</summary>
    Output = 0,

    /// <summary>Device to driver: capture.</summary>
    Input = 1,
}
