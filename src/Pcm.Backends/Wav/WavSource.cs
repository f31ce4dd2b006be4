namespace Pcm.Backends;

/// <summary>A stream of unknown honesty, with the offset that error messages need. Reads exactly what is asked, never ahead.</summary>
internal sealed class WavSource(Stream stream)
{
    private const int SkipBufferBytes = 4096;

    /// <summary>Bytes taken so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether the stream does not end here, or cannot say.</summary>
    public bool MayHaveMore => !stream.CanSeek || stream.Position < stream.Length;

    /// <summary>Whether the stream has fewer than <paramref name="bytes"/> left, or cannot say how many.</summary>
    public bool MayHaveLessThan(long bytes) => !stream.CanSeek || stream.Length - stream.Position < bytes;

    /// <summary>Fills as much of <paramref name="destination"/> as the stream has, and returns how many bytes that was.</summary>
    public int ReadUpTo(Span<byte> destination)
    {
        int bytes = stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        Offset += bytes;
        return bytes;
    }

    /// <summary>Fills <paramref name="destination"/>, which is (part of) <paramref name="what"/>.</summary>
    /// <exception cref="WavException">The stream ends before.</exception>
    public void ReadExactly(Span<byte> destination, string what)
    {
        if (ReadUpTo(destination) < destination.Length)
        {
            throw EndsInside(what);
        }
    }

    /// <summary>Passes over <paramref name="bytes"/> of <paramref name="what"/>.</summary>
    /// <exception cref="WavException">The stream ends before.</exception>
    // By reading, also where seeking is possible: a seek past the end succeeds and would hide a size that lies.
    public void Skip(long bytes, string what)
    {
        Span<byte> scratch = stackalloc byte[(int)Math.Min(bytes, SkipBufferBytes)];
        while (bytes > 0)
        {
            Span<byte> part = scratch[..(int)Math.Min(bytes, scratch.Length)];
            ReadExactly(part, what);
            bytes -= part.Length;
        }
    }

    private WavException EndsInside(string what) => new(Offset, $"the file ends inside {what}", "a complete header up to the 'data' chunk");
}
