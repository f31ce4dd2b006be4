namespace Pcm;

/// <content>Transfers of one area per channel (writen, readn), and writes of silence.</content>
public sealed partial class PcmSubstream
{
    /// <summary>Writes what fits now of one plane per channel; never waits. Access must be non-interleaved.</summary>
    /// <param name="planes">One plane per channel, all of the same length; an empty one is written as silence.</param>
    /// <param name="written">Frames taken.</param>
    /// <returns>As <see cref="Write"/>; EINVAL when the access is interleaved.</returns>
    /// <exception cref="ArgumentException">Number or lengths of the planes do not fit.</exception>
    public PcmError WritePlanar(ReadOnlySpan<ReadOnlyMemory<byte>> planes, out int written)
    {
        written = 0;
        PcmError error = BeginPlanar(PcmDirection.Playback, planes.Length, LongestOf(planes), nonBlocking: true, out PcmRuntime runtime, out PcmTransferCursor cursor);
        return error != PcmError.None ? error : TransferNow(runtime, PcmUserFrames.FromPlanes(planes), ref cursor, out written);
    }

    /// <summary>Reads what is there now into one plane per channel; never waits. Access must be non-interleaved.</summary>
    /// <param name="planes">One plane per channel, all of the same length.</param>
    /// <param name="read">Frames read.</param>
    /// <returns>As <see cref="Read"/>; EINVAL when the access is interleaved.</returns>
    /// <exception cref="ArgumentException">Number or lengths of the planes do not fit.</exception>
    public PcmError ReadPlanar(ReadOnlySpan<Memory<byte>> planes, out int read)
    {
        read = 0;
        int bytes = planes.IsEmpty ? 0 : planes[0].Length;
        PcmError error = BeginPlanar(PcmDirection.Capture, planes.Length, bytes, nonBlocking: true, out PcmRuntime runtime, out PcmTransferCursor cursor);
        return error != PcmError.None ? error : TransferNow(runtime, PcmUserFrames.ToPlanes(planes), ref cursor, out read);
    }

    /// <summary>Writes all of one plane per channel, waiting for space. Otherwise as <see cref="WritePlanar"/> and <see cref="WriteAsync"/>.</summary>
    /// <param name="planes">One plane per channel, all of the same length; an empty one is written as silence.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<PcmTransfer> WritePlanarAsync(ReadOnlyMemory<ReadOnlyMemory<byte>> planes, CancellationToken cancellationToken = default) =>
        TransferAsync(new WrittenPlanes(planes), cancellationToken);

    /// <summary>Reads until every plane is full, waiting for data. Otherwise as <see cref="ReadPlanar"/> and <see cref="ReadAsync"/>.</summary>
    /// <param name="planes">One plane per channel, all of the same length.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<PcmTransfer> ReadPlanarAsync(ReadOnlyMemory<Memory<byte>> planes, CancellationToken cancellationToken = default) =>
        TransferAsync(new ReadPlanes(planes), cancellationToken);

    /// <summary>Writes so many frames of silence, waiting for space (a write with a null buffer). Interleaved or not, as negotiated.</summary>
    /// <param name="frames">Frames, not negative.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>As <see cref="WriteAsync"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than none.</exception>
    public ValueTask<PcmTransfer> WriteSilenceAsync(int frames, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        return TransferAsync(new SilentFrames(frames), cancellationToken);
    }

    private PcmError BeginPlanar(
        PcmDirection direction, int planes, int bytes, bool nonBlocking, out PcmRuntime runtime, out PcmTransferCursor cursor)
    {
        PcmError error = BeginTransfer(direction, interleaved: false, bytes, out runtime, out cursor, nonBlocking);
        if (error == PcmError.None && planes != runtime.Channels)
        {
            throw new ArgumentException($"{planes} planes were given for {runtime.Channels} channels.", nameof(planes));
        }

        return error;
    }

    private PcmError BeginSilence(int frames, out PcmRuntime runtime, out PcmTransferCursor cursor)
    {
        cursor = default;
        PcmError error = TryGetRuntime(out runtime);
        if (error != PcmError.None)
        {
            return error;
        }

        bool interleaved = runtime.Access != PcmAccess.ReadWriteNonInterleaved;
        cursor = new PcmTransferCursor(frames, runtime.NonBlocking, interleaved);
        return CheckTransfer(runtime, PcmDirection.Playback, interleaved);
    }

    private static int LongestOf(ReadOnlySpan<ReadOnlyMemory<byte>> planes)
    {
        int longest = 0;
        foreach (ReadOnlyMemory<byte> plane in planes)
        {
            longest = Math.Max(longest, plane.Length);
        }

        foreach (ReadOnlyMemory<byte> plane in planes)
        {
            if (!plane.IsEmpty && plane.Length != longest)
            {
                throw new ArgumentException($"A plane has {plane.Length} bytes, another {longest}; all must be the same length, or empty for silence.", nameof(planes));
            }
        }

        return longest;
    }
}
