namespace Pcm.Backends.Alsa;

/// <summary>Settings of a card that is a PCM of libasound.</summary>
/// <remarks>Thread safety: set before the card is probed; not changed afterwards.</remarks>
public sealed class AlsaOptions
{
    /// <summary>The card's id; letters, digits, <c>-</c>, <c>_</c>, <c>.</c></summary>
    public string Id { get; set; } = "alsa";

    /// <summary>The PCM's name as in an asoundrc: <c>default</c>, <c>hw:0,0</c>, <c>plug:dmix</c>, or one of <see cref="Configuration"/>.</summary>
    public string Pcm { get; set; } = "default";

    /// <summary>Whether the card has a playback stream; it must then be possible to open one.</summary>
    public bool HasPlayback { get; set; } = true;

    /// <summary>Whether the card has a capture stream; it must then be possible to open one.</summary>
    public bool HasCapture { get; set; } = true;

    /// <summary>
    /// The text of an asoundrc to look <see cref="Pcm"/> up in, complete in itself (a slave too); null: libasound's own configuration, which
    /// is that of the system and the user, or of the environment variable <c>ALSA_CONFIG_PATH</c> when the process began.
    /// </summary>
    public string? Configuration { get; set; }

    /// <summary>
    /// The largest ring that applications may ask for, bytes. Software PCMs (null, file, plug) have no limit of their own below 4 GiB, and a ring is allocated.
    /// </summary>
    public int MaxBufferBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Checks the settings.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Validate() =>
        string.IsNullOrEmpty(Pcm) ? $"{nameof(Pcm)} is empty."
        : !HasPlayback && !HasCapture ? $"An ALSA card needs {nameof(HasPlayback)} or {nameof(HasCapture)}."
        : MaxBufferBytes < 1024 ? $"{nameof(MaxBufferBytes)} is {MaxBufferBytes}; it is at least 1024."
        : null;
}
