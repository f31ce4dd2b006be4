namespace Pcm.Testing;

/// <summary>
/// Audio that is known at every frame, so that a frame that is lost, doubled, shifted or damaged is found: what the kernel's pcmtest plays and checks.
/// Every byte depends on its place, with a period far longer than any ring.
/// </summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class PcmPattern
{
    private readonly uint _seed;

    /// <summary>A pattern.</summary>
    /// <param name="frameBytes">Bytes of a frame, positive.</param>
    /// <param name="seed">Different seeds give different audio.</param>
    public PcmPattern(int frameBytes, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameBytes);
        FrameBytes = frameBytes;
        _seed = (uint)seed;
    }

    /// <summary>Bytes of a frame.</summary>
    public int FrameBytes { get; }

    /// <summary>The source: fills with the frames from <paramref name="frame"/> on.</summary>
    /// <param name="bytes">Whole frames.</param>
    /// <param name="frame">The first frame's number, not negative.</param>
    public void Fill(Span<byte> bytes, long frame)
    {
        long at = frame * FrameBytes;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = At(at + i);
        }
    }

    /// <summary>The frames from <paramref name="frame"/> on.</summary>
    /// <param name="frame">The first frame's number, not negative.</param>
    /// <param name="frames">How many, not negative.</param>
    public byte[] Frames(long frame, int frames)
    {
        byte[] bytes = new byte[frames * FrameBytes];
        Fill(bytes, frame);
        return bytes;
    }

    /// <summary>The checker: the first byte that is not the pattern's.</summary>
    /// <param name="bytes">What was played or captured.</param>
    /// <param name="frame">The number of the frame that it should begin with.</param>
    /// <returns>The byte's place in <paramref name="bytes"/>; -1: all is right.</returns>
    public int FindDifference(ReadOnlySpan<byte> bytes, long frame)
    {
        long at = frame * FrameBytes;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(at + i))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Finds where the pattern begins.</summary>
    /// <param name="bytes">Whole frames, with something else before the pattern's frame 0.</param>
    /// <param name="frames">How many frames must fit for it to count.</param>
    /// <returns>The frame of <paramref name="bytes"/> that is the pattern's frame 0; -1: it is not there.</returns>
    public int FindStart(ReadOnlySpan<byte> bytes, int frames)
    {
        for (int frame = 0; (frame + frames) * FrameBytes <= bytes.Length; frame++)
        {
            if (FindDifference(bytes.Slice(frame * FrameBytes, frames * FrameBytes), 0) < 0)
            {
                return frame;
            }
        }

        return -1;
    }

    /// <summary>A multiplicative hash of the place: neighbours, and places a ring apart, have nothing in common.</summary>
    private byte At(long place)
    {
        ulong hash = ((ulong)place + _seed) * 0x9E3779B97F4A7C15;
        hash ^= hash >> 29;
        return (byte)((hash * 0xBF58476D1CE4E5B9) >> 56);
    }
}
