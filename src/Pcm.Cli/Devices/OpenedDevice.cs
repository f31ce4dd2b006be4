namespace Pcm.Cli.Devices;

/// <summary>A card that belongs to the command, and the devices behind it.</summary>
internal sealed class OpenedDevice(PcmCard card) : IAsyncDisposable
{
    /// <summary>The card.</summary>
    public PcmCard Card { get; } = card;

    /// <summary>A certain substream; null: the first free one.</summary>
    public int? SubstreamNumber { get; init; }

    /// <summary>
    /// For a source that can end: the frames it gave in all, once it has ended and only silence follows; null before. Null itself for a source without an end.
    /// </summary>
    public Func<long?>? EndOfSource { get; init; }

    /// <summary>Why one format is all that this device takes once it has played; null when it takes others.</summary>
    public string? OneFormat { get; init; }

    /// <summary>What is played is captured at the other end.</summary>
    public bool IsCable { get; init; }

    /// <summary>Reads what was played, once the stream is closed; null when it cannot be had.</summary>
    public Func<byte[]>? ReadPlayed { get; init; }

    /// <summary>
    /// The device takes what there is as fast as it comes, and waits for more without losing anything: a ring that ran dry is no xrun.
    /// </summary>
    public bool OutrunsApplication { get; init; }

    /// <summary>A file that is finished when the card is closed; owned.</summary>
    public QemuRecording? Recording { get; init; }

    /// <summary>What this device plays into and records from; disposed after it.</summary>
    public IReadOnlyList<OpenedDevice> Behind { get; init; } = [];

    /// <summary>The substream that <see cref="OpenSubstreamAsync"/> would open.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public PcmSubstream FindSubstream(PcmDirection direction) => FindDevice(direction).Stream(direction)[SubstreamNumber ?? 0];

    /// <summary>Opens a substream of the first device that has the direction.</summary>
    /// <exception cref="CliException">There is none, or it cannot be opened.</exception>
    public async ValueTask<PcmSubstream> OpenSubstreamAsync(PcmDirection direction, CancellationToken cancellationToken)
    {
        // Non-blocking, so that a device in use is an answer and not a wait without end; what follows may wait.
        PcmOpenResult result = await FindDevice(direction).OpenAsync(direction, PcmOpenMode.NonBlocking, SubstreamNumber, cancellationToken);
        if (result.Substream is not { } substream)
        {
            throw CliException.Failure("open", result.Error, result.Error == PcmError.Busy ? "the device is in use" : null);
        }

        substream.NonBlocking = false; // counts from the prepare on
        return substream;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Card.DisposeAsync();
        foreach (OpenedDevice device in Behind)
        {
            await device.DisposeAsync();
        }

        using (Recording)
        {
            Recording?.Finish();
        }
    }

    private PcmDevice FindDevice(PcmDirection direction) =>
        Card.Devices.FirstOrDefault(d => d.Stream(direction).Count > 0)
        ?? throw CliException.Failure($"card {Card} has no {(direction == PcmDirection.Playback ? "playback" : "capture")}");
}
