namespace Pcm;

/// <summary>
/// The arithmetic of the two positions of a ring: both run modulo the boundary, a power-of-two multiple of the buffer (fact: kernel <c>pcm_lib.c</c>).
/// </summary>
/// <remarks>Thread safety: static and pure.</remarks>
public static class PcmRing
{
    /// <summary>The largest <c>bufferFrames * 2^n</c> with <c>boundary * 2 &lt;= limit - bufferFrames</c> not yet exceeded.</summary>
    /// <param name="bufferFrames">Frames of the ring, positive.</param>
    /// <param name="limit">The largest pointer value.</param>
    public static long Boundary(long bufferFrames, long limit = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferFrames, 1);
        long boundary = bufferFrames;
        while (boundary <= (limit - bufferFrames) / 2)
        {
            boundary *= 2;
        }

        return boundary;
    }

    /// <summary>Frames that the application can write, <c>[0 .. boundary)</c>; more than the buffer when the hardware overtook it.</summary>
    public static long PlaybackAvail(long hardware, long application, long bufferFrames, long boundary)
    {
        long avail = hardware + bufferFrames - application;
        return avail < 0 ? avail + boundary : avail >= boundary ? avail - boundary : avail;
    }

    /// <summary>Frames that the application can read, <c>[0 .. boundary)</c>.</summary>
    public static long CaptureAvail(long hardware, long application, long boundary)
    {
        long avail = hardware - application;
        return avail < 0 ? avail + boundary : avail;
    }

    /// <summary>A position moved forward by <paramref name="frames"/>, modulo the boundary.</summary>
    /// <param name="position"><c>[0 .. boundary)</c>.</param>
    /// <param name="frames"><c>[0 .. boundary)</c>.</param>
    /// <param name="boundary">The boundary.</param>
    public static long Forward(long position, long frames, long boundary)
    {
        // Unsigned, because the sum may pass 2^63 when the boundary is near it.
        ulong sum = (ulong)position + (ulong)frames;
        return (long)(sum >= (ulong)boundary ? sum - (ulong)boundary : sum);
    }

    /// <summary>A position moved back by <paramref name="frames"/>, modulo the boundary.</summary>
    /// <param name="position"><c>[0 .. boundary)</c>.</param>
    /// <param name="frames"><c>[0 .. boundary)</c>.</param>
    /// <param name="boundary">The boundary.</param>
    public static long Back(long position, long frames, long boundary)
    {
        long moved = position - frames;
        return moved < 0 ? moved + boundary : moved;
    }
}
