namespace Pcm.Backends;

/// <summary>How far a WAV stream has come with its file, in its present or last session.</summary>
/// <param name="Frames">Frames that the file took (playback) or gave (capture); the silence after its end does not count.</param>
/// <param name="IsAtEnd">Capture: the file has no more frames, and the stream delivers silence. Playback: never.</param>
/// <param name="Problem">What went wrong with the file, in words; null when nothing did. A capture file that ends early is one.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct WavFileStatus(long Frames, bool IsAtEnd, string? Problem);
