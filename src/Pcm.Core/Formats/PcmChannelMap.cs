namespace Pcm;

/// <summary>Where each channel of an interleaved frame belongs: one of the maps that a device has.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class PcmChannelMap
{
    private readonly PcmChannelPosition[] _positions;

    /// <summary>A map of these positions.</summary>
    /// <param name="positions">One for each channel, in the order of the frame; copied.</param>
    /// <exception cref="ArgumentException">No position.</exception>
    public PcmChannelMap(ReadOnlySpan<PcmChannelPosition> positions)
    {
        if (positions.IsEmpty)
        {
            throw new ArgumentException("A channel map has at least one position.", nameof(positions));
        }

        _positions = positions.ToArray();
    }

    /// <summary>How many channels it is for, at least 1.</summary>
    public int Channels => _positions.Length;

    /// <summary>The position of each channel.</summary>
    public IReadOnlyList<PcmChannelPosition> Positions => _positions;

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', _positions);
}
