using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>What a <see cref="VirtioSoundDevice"/> is made of. An item's place in its list is its id on the wire.</summary>
/// <remarks>Thread safety: an immutable value; the lists must not change once the device is made.</remarks>
public sealed record VirtioSoundDeviceOptions
{
    /// <summary>The most streams, jacks, channel maps or control elements each: what drivers accept.</summary>
    public const int MaxItems = 1024;

    /// <summary>The PCM streams; at most <see cref="MaxItems"/>.</summary>
    public IReadOnlyList<VirtioSoundStreamOptions> Streams { get; init; } = [];

    /// <summary>The jacks; at most <see cref="MaxItems"/>.</summary>
    public IReadOnlyList<VirtioSoundJackOptions> Jacks { get; init; } = [];

    /// <summary>The channel maps; at most <see cref="MaxItems"/>.</summary>
    public IReadOnlyList<VirtioSoundChannelMapOptions> ChannelMaps { get; init; } = [];

    /// <summary>The control elements; at most <see cref="MaxItems"/>. With any, VIRTIO_SND_F_CTLS is offered.</summary>
    public IReadOnlyList<VirtioSoundControlOptions> Controls { get; init; } = [];

    /// <summary>What the device does wrong, as real ones do; none by default.</summary>
    public VirtioSoundQuirks Quirks { get; init; }

    /// <summary>
    /// Answer OK to a RELEASE of a stream that has nothing to release (never prepared, or released before), as QEMU does and as Linux, which sends
    /// it to make sure, likes it. False: BAD_MSG, by the letter of virtio 5.14.6.6.1. A running stream is never released.
    /// </summary>
    public bool AcceptsNeedlessRelease { get; init; } = true;

    /// <summary>Where what goes wrong on the audio side is told; null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Says what is wrong with the options.</summary>
    /// <returns>The first problem found, with the item's number; null when there is none.</returns>
    public string? FindProblem()
    {
        if (Streams.Count > MaxItems || Jacks.Count > MaxItems || ChannelMaps.Count > MaxItems || Controls.Count > MaxItems)
        {
            return $"{Streams.Count} streams, {Jacks.Count} jacks, {ChannelMaps.Count} channel maps and {Controls.Count} control elements; at most {MaxItems} each";
        }

        return Find(Streams, static stream => stream.FindProblem(), "Stream")
            ?? Find(ChannelMaps, static map => map.FindProblem(), "Channel map")
            ?? Find(Controls, static control => control.FindProblem(), "Control element")
            ?? FindSharedName()
            ?? FindSharedSubstream();
    }

    private static string? Find<T>(IReadOnlyList<T> items, Func<T, string?> findProblem, string name)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (findProblem(items[i]) is { } problem)
            {
                return $"{name} {i}: {problem}";
            }
        }

        return null;
    }

    private string? FindSharedName() => Controls.Select(static control => (control.Name, control.Index)).Distinct().Count() == Controls.Count
        ? null
        : "Two control elements have the same name and index";

    private string? FindSharedSubstream() => Streams.Select(static stream => stream.Substream).Distinct().Count() == Streams.Count
        ? null
        : "Two streams have the same substream";
}
