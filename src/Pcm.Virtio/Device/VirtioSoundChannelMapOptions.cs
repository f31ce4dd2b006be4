namespace Pcm.Virtio;

/// <summary>One possible placement of a direction's channels (virtio 5.14.6.9); it holds for all streams of that direction in its function group.</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public sealed record VirtioSoundChannelMapOptions
{
    /// <summary>The function group it belongs to (hda_fn_nid).</summary>
    public uint HdaFunctionNode { get; init; }

    /// <summary>The direction it is for.</summary>
    public PcmDirection Direction { get; init; }

    /// <summary>The position of each channel; at most <see cref="VirtioSoundChmapInfo.MaxChannels"/>.</summary>
    public required IReadOnlyList<VirtioSoundChannel> Positions { get; init; }

    internal string? FindProblem()
    {
        if (Positions.Count is 0 or > VirtioSoundChmapInfo.MaxChannels)
        {
            return $"it has {Positions.Count} positions; 1 to {VirtioSoundChmapInfo.MaxChannels} are possible";
        }

        foreach (VirtioSoundChannel position in Positions)
        {
            if (position > VirtioSoundChannel.BottomRightCenter)
            {
                return $"{position} is no position";
            }
        }

        return null;
    }
}
