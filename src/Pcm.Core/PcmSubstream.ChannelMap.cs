namespace Pcm;

/// <content>Channel maps: the kernel's "Playback Channel Map" and "Capture Channel Map" controls, read-only.</content>
public sealed partial class PcmSubstream
{
    /// <summary>Every map that its device has for this direction, one or more for each channel count; empty when the device says nothing.</summary>
    public IReadOnlyList<PcmChannelMap> ChannelMaps => Device.ChannelMaps(Direction);

    /// <summary>
    /// The map of the present session: the first one with its channel count, as the kernel's control reads it.
    /// </summary>
    /// <returns>Null before hw_params, and when the device has none for this count; <see cref="PcmChannelMaps.Standard"/> is then the usual guess.</returns>
    public PcmChannelMap? GetChannelMap()
    {
        int channels = Runtime?.Channels ?? 0;
        foreach (PcmChannelMap map in ChannelMaps)
        {
            if (map.Channels == channels)
            {
                return map;
            }
        }

        return null;
    }
}
