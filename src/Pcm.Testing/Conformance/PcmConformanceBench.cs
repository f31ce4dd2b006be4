namespace Pcm.Testing.Conformance;

/// <summary>A card that a law may use up: made anew for each law, disposed after it.</summary>
/// <remarks>Thread safety: used by one law at a time.</remarks>
public sealed class PcmConformanceBench : IAsyncDisposable
{
    private bool _isDisposed;

    /// <summary>A bench for a card.</summary>
    /// <param name="card">The card; owned.</param>
    public PcmConformanceBench(PcmCard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        Card = card;
    }

    /// <summary>The card under test.</summary>
    public PcmCard Card { get; }

    /// <summary>The device whose playback is tested, from 0; null: the first that has playback.</summary>
    public int? PlaybackDevice { get; init; }

    /// <summary>The device whose capture is tested, from 0; null: the first that has capture.</summary>
    public int? CaptureDevice { get; init; }

    /// <summary>The substream that is tested in both directions, from 0.</summary>
    public int Substream { get; init; }

    /// <summary>What is played on the substream is captured on the capture substream of the same number.</summary>
    public bool IsCable { get; init; }

    /// <summary>
    /// Reads what was played since the first prepare, in the format it was played in; called after the stream was drained and the bench disposed. Null: it cannot be had.
    /// </summary>
    public Func<byte[]>? ReadPlayed { get; init; }

    /// <summary>What capture delivers from its first frame on, in the card's only format; null: it is not known.</summary>
    public byte[]? Captured { get; init; }

    /// <summary>What is to be freed after the card; may be null.</summary>
    public Func<ValueTask>? Dispose { get; init; }

    /// <summary>Disposes the card, then what is behind it; once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            await Card.DisposeAsync();
        }
        finally
        {
            if (Dispose is not null)
            {
                await Dispose();
            }
        }
    }

    internal PcmDevice? DeviceOf(PcmDirection direction) =>
        (direction == PcmDirection.Playback ? PlaybackDevice : CaptureDevice) is { } number
            ? Card.Devices.First(d => d.Number == number)
            : Card.Devices.FirstOrDefault(d => d.Stream(direction).Count > 0);
}
