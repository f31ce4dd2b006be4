namespace Pcm;

/// <summary>Narrows a configuration space to what a device can do: the constraints of a device, or an opened stream.</summary>
/// <remarks>Thread safety: as the implementation says.</remarks>
public interface IPcmRefiner
{
    /// <summary>
    /// Narrows <paramref name="hwParams"/> in place. On failure the contents are undefined: the caller keeps a copy.
    /// Context: may take the time of the device's rules; does not wait.
    /// Errors: <see cref="PcmError.InvalidArgument"/> when nothing is left; whatever a backend's own rule returns.
    /// </summary>
    /// <param name="hwParams">The configuration space.</param>
    PcmError Refine(PcmHwParams hwParams);
}
