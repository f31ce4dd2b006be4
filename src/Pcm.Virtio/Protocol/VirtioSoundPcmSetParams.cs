using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Sets a PCM stream's parameters. Wire struct of 24 bytes (virtio 5.14.6.6.3, virtio_snd_pcm_set_params).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundPcmSetParams
{
    /// <summary><see cref="VirtioSoundRequest.PcmSetParams"/>.</summary>
    public Le32 Code { get; init; }

    /// <summary>[0 .. streams).</summary>
    public Le32 StreamId { get; init; }

    /// <summary>Bytes of the whole ring; a multiple of <see cref="PeriodBytes"/>.</summary>
    public Le32 BufferBytes { get; init; }

    /// <summary>Bytes of one period.</summary>
    public Le32 PeriodBytes { get; init; }

    /// <summary>The selected <see cref="VirtioSoundPcmFeatures"/>.</summary>
    public Le32 Features { get; init; }

    /// <summary>Number of channels.</summary>
    public byte Channels { get; init; }

    /// <summary>A format's index, not its bit.</summary>
    public byte Format { get; init; }

    /// <summary>A rate's index, not its bit.</summary>
    public byte Rate { get; init; }

    /// <summary>Zero.</summary>
    public byte Padding { get; init; }
}
