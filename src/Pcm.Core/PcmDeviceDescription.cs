namespace Pcm;

/// <summary>What a backend tells about a device that it adds to a card.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record PcmDeviceDescription
{
    /// <summary>What a person calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The device's number in its card, 0 or more, as in <c>hw:CARD,NUMBER</c>; null: the next after the highest so far.</summary>
    public int? Number { get; init; }

    /// <summary>One ops instance per playback substream; none: no playback.</summary>
    public IReadOnlyList<PcmOps> Playback { get; init; } = [];

    /// <summary>One ops instance per capture substream; none: no capture.</summary>
    public IReadOnlyList<PcmOps> Capture { get; init; } = [];

    /// <summary>How the channels of playback may be placed; empty: not known.</summary>
    public IReadOnlyList<PcmChannelMap> PlaybackChannelMaps { get; init; } = [];

    /// <summary>How the channels of capture may be placed; empty: not known.</summary>
    public IReadOnlyList<PcmChannelMap> CaptureChannelMaps { get; init; } = [];

    /// <summary>Only one direction may be open at a time.</summary>
    public bool IsHalfDuplex { get; init; }

    /// <summary>Triggers really wait (a device must answer); cannot be linked to a device whose triggers do not.</summary>
    public bool IsNonatomic { get; init; }

    /// <summary>The largest ring that may be asked for, bytes; default: no limit of its own.</summary>
    public uint BufferBytesMax { get; init; } = uint.MaxValue;
}
