namespace Pcm.Backends;

/// <summary>
/// One card whose playback writes a WAV file and whose capture reads one, at the rate of the stream and paced by the clock of the services:
/// an unmodified application's sound as a file, or the other way round.
/// </summary>
/// <remarks>
/// <para>
/// Playback takes every format that a WAV can carry, and S8, which a WAV stores as unsigned by flipping the top bit of each sample (lossless);
/// 1 to 32 channels; every rate from 4000 to 768000 Hz. The first prepare after open writes the header and truncates the file; hw_params
/// with another format after that is <see cref="PcmError.Busy"/>. hw_free makes the file complete, close too. Exactly the frames that the
/// application wrote come out, up to a drop: the position never passes the application's. A write that fails is logged, stops the stream with
/// an xrun, and fails every later prepare and the hw_free with <see cref="PcmError.IO"/>.
/// </para>
/// <para>
/// Capture has exactly the file's format. Each open begins at the first frame; after the last one the stream goes on with silence, as a
/// microphone does, and <see cref="CaptureStatus"/> says how many frames were the file's.
/// </para>
/// Thread safety: every member from any thread.
/// </remarks>
public sealed class WavBackend : PcmBackend
{
    private readonly WavOptions _options;
    private WavPlaybackOps? _playback;
    private WavCaptureOps? _capture;

    /// <summary>A card for the files that <paramref name="options"/> name.</summary>
    /// <param name="options">At least one path.</param>
    /// <exception cref="ArgumentException">No path, or an empty one.</exception>
    public WavBackend(WavOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _options = options;
    }

    /// <inheritdoc/>
    public override string Name => "wav";

    /// <summary>How far the playback file has come; nothing before the first open.</summary>
    public WavFileStatus PlaybackStatus => _playback?.Status ?? default;

    /// <summary>How far the capture file has come; nothing before the first open.</summary>
    public WavFileStatus CaptureStatus => _capture?.Status ?? default;

    /// <summary>Frames that the capture file declares; null when its header does not know, when there is none, or before the probe.</summary>
    public long? CaptureFrames { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="WavException">The capture file is no WAV, or none that can be carried; the message names it.</exception>
    /// <exception cref="IOException">The capture file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The capture file may not be read.</exception>
    public override ValueTask<IReadOnlyList<PcmCard>> ProbeAsync(PcmServices services, CancellationToken cancellationToken)
    {
        _playback = _options.PlaybackPath is { } sink ? new WavPlaybackOps(sink) : null;
        _capture = _options.CapturePath is { } source ? Probe(source) : null;
        var card = new PcmCard(_options.Id, "WAV files", services);
        card.AddDevice(new PcmDeviceDescription
        {
            Name = "WAV file",
            Playback = _playback is null ? [] : [_playback],
            Capture = _capture is null ? [] : [_capture],
        });
        return new ValueTask<IReadOnlyList<PcmCard>>([card]);
    }

    private WavCaptureOps Probe(string path)
    {
        (FileStream stream, WavReader reader) = WavCaptureOps.OpenReader(path);
        using (stream)
        {
            CaptureFrames = reader.Frames;
            return new WavCaptureOps(path, reader.Format);
        }
    }
}
