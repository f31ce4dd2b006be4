namespace Pcm.Backends;

/// <summary>Settings of a WAV card: the file that playback writes, the file that capture reads, or both.</summary>
/// <remarks>Thread safety: set before the card is probed; not changed afterwards.</remarks>
public sealed class WavOptions
{
    /// <summary>The card's id; letters, digits, <c>-</c>, <c>_</c>, <c>.</c></summary>
    public string Id { get; set; } = "wav";

    /// <summary>The file that playback writes; null: the card has no playback. An existing file is overwritten at the first prepare.</summary>
    public string? PlaybackPath { get; set; }

    /// <summary>The file that capture reads; null: the card has no capture. It must be there when the card is probed, for it decides the format.</summary>
    public string? CapturePath { get; set; }

    /// <summary>Checks the settings.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Validate() =>
        PlaybackPath is null && CapturePath is null ? $"A WAV card needs a {nameof(PlaybackPath)} or a {nameof(CapturePath)}."
        : PlaybackPath is "" ? $"{nameof(PlaybackPath)} is empty."
        : CapturePath is "" ? $"{nameof(CapturePath)} is empty."
        : null;
}
