using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Describes a PCM stream. Wire struct of 32 bytes (virtio 5.14.6.6.2, virtio_snd_pcm_info).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundPcmInfo
{
    /// <summary>Groups jacks, streams and channel maps that belong together (hda_fn_nid).</summary>
    public Le32 HdaFunctionNode { get; init; }

    /// <summary><see cref="VirtioSoundPcmFeatures"/>.</summary>
    public Le32 Features { get; init; }

    /// <summary>Bit n: the format with index n (<see cref="VirtioPcmFormats"/>).</summary>
    public Le64 Formats { get; init; }

    /// <summary>Bit n: the rate with index n (<see cref="VirtioPcmRates"/>).</summary>
    public Le64 Rates { get; init; }

    /// <summary><see cref="VirtioSoundDirection"/>.</summary>
    public byte Direction { get; init; }

    /// <summary>Fewest channels.</summary>
    public byte ChannelsMin { get; init; }

    /// <summary>Most channels.</summary>
    public byte ChannelsMax { get; init; }

    /// <summary>Zero.</summary>
    public byte Padding1 { get; init; }

    /// <summary>Zero.</summary>
    public Le32 Padding4 { get; init; }
}
