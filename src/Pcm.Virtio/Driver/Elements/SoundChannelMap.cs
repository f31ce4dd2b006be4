using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>A channel map of the device: which streams it is for, and the map.</summary>
/// <param name="HdaFunctionNode">The function group.</param>
/// <param name="Direction">The direction.</param>
/// <param name="Map">The positions.</param>
internal sealed record SoundChannelMap(uint HdaFunctionNode, PcmDirection Direction, PcmChannelMap Map)
{
    /// <summary>Believes what makes sense: at most 18 channels, positions that exist; null when nothing is left.</summary>
    public static SoundChannelMap? TryCreate(uint id, VirtioSoundChmapInfo info, ILogger log)
    {
        if (info.Direction > 1 || info.Channels == 0)
        {
            VirtioSoundLog.ElementLeftOut(log, "Channel map", id, $"direction {info.Direction}, {info.Channels} channels; expected 0 or 1, and 1 or more");
            return null;
        }

        var positions = new PcmChannelPosition[Math.Min((int)info.Channels, VirtioSoundChmapInfo.MaxChannels)];
        for (int i = 0; i < positions.Length; i++)
        {
            // The numbers are ALSA's.
            byte position = info.Positions[i];
            positions[i] = position <= (byte)VirtioSoundChannel.BottomRightCenter ? (PcmChannelPosition)position : PcmChannelPosition.Unknown;
        }

        return new SoundChannelMap(info.HdaFunctionNode, (PcmDirection)info.Direction, new PcmChannelMap(positions));
    }
}
