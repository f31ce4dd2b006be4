namespace Pcm;

/// <summary>
/// Where a stream stands, as <see cref="PcmSubstream.TryGetSnapshot"/> saw it: all values of one moment at which nobody was changing them
/// (what an application of the kernel reads from the memory-mapped status and control pages).
/// </summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly struct PcmSnapshot
{
    private readonly long _boundary;
    private readonly int _room; // the frames of the ring in playback, 0 in capture: what avail counts on top of the distance

    internal PcmSnapshot(PcmState state, long applicationPosition, long hardwarePosition, long boundary, int room)
    {
        State = state;
        ApplicationPosition = applicationPosition;
        HardwarePosition = hardwarePosition;
        _boundary = boundary;
        _room = room;
    }

    /// <summary>The state.</summary>
    public PcmState State { get; }

    /// <summary>The application position, frames, <c>[0 .. boundary)</c>.</summary>
    public long ApplicationPosition { get; }

    /// <summary>The hardware position at its last update, frames, <c>[0 .. boundary)</c>.</summary>
    public long HardwarePosition { get; }

    /// <summary>
    /// Frames that can be transferred by these positions (<c>snd_pcm_avail_update</c>, which does not look at the hardware either),
    /// <c>[0 .. boundary)</c>; more than the ring in playback when the hardware overtook the application.
    /// </summary>
    public long Avail => PcmRing.PlaybackAvail(HardwarePosition, ApplicationPosition, _room, _boundary);
}
