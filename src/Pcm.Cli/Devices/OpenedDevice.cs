namespace Pcm.Cli.Devices;

/// <summary>A card that belongs to the command.</summary>
internal sealed class OpenedDevice(PcmCard card) : IAsyncDisposable
{
    /// <summary>The card.</summary>
    public PcmCard Card { get; } = card;

    /// <summary>
    /// For a source that can end: the frames it gave in all, once it has ended and only silence follows; null before. Null itself for a source without an end.
    /// </summary>
    public Func<long?>? EndOfSource { get; init; }

    /// <summary>Opens a substream of the first device that has the direction.</summary>
    /// <exception cref="CliException">There is none, or it cannot be opened.</exception>
    public async ValueTask<PcmSubstream> OpenSubstreamAsync(PcmDirection direction, CancellationToken cancellationToken)
    {
        string name = direction == PcmDirection.Playback ? "playback" : "capture";
        PcmDevice device = Card.Devices.FirstOrDefault(d => d.Stream(direction).Count > 0)
            ?? throw CliException.Failure($"card {Card} has no {name}");

        // Non-blocking, so that a device in use is an answer and not a wait without end; what follows may wait.
        PcmOpenResult result = await device.OpenAsync(direction, PcmOpenMode.NonBlocking, cancellationToken: cancellationToken);
        if (result.Substream is not { } substream)
        {
            throw CliException.Failure("open", result.Error, result.Error == PcmError.Busy ? "the device is in use" : null);
        }

        substream.NonBlocking = false; // counts from the prepare on
        return substream;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Card.DisposeAsync();
}
