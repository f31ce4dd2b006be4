using System.IO.Compression;
using System.Text;

namespace Pcm.Testing.Replay;

/// <summary>Reads kernel traces: JSON Lines, one sequence per line, plain or gzip-compressed.</summary>
/// <remarks>Thread safety: static; each enumeration belongs to one thread.</remarks>
public static class TraceReader
{
    /// <summary>Reads the sequences of a file, one at a time.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TraceFormatException">While enumerating: a line is no sequence.</exception>
    /// <exception cref="InvalidDataException">While enumerating: the compression is damaged.</exception>
    /// <exception cref="IOException">While enumerating: the file cannot be read.</exception>
    public static IEnumerable<TraceSequence> ReadFile(string path)
    {
        using FileStream file = File.OpenRead(path);
        foreach (TraceSequence sequence in ReadLines(file, Path.GetFileName(path)))
        {
            yield return sequence;
        }
    }

    /// <summary>Reads the sequences of a stream, one at a time. Empty lines are skipped.</summary>
    /// <param name="stream">Seekable; left open.</param>
    /// <exception cref="TraceFormatException">While enumerating: a line is no sequence.</exception>
    /// <exception cref="InvalidDataException">While enumerating: the compression is damaged.</exception>
    public static IEnumerable<TraceSequence> Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadLines(stream, file: null);
    }

    private static IEnumerable<TraceSequence> ReadLines(Stream stream, string? file)
    {
        using Stream? compressed = IsGzip(stream) ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : null;
        using var reader = new StreamReader(compressed ?? stream, Encoding.UTF8, leaveOpen: true);
        for (int line = 1; reader.ReadLine() is string text; line++)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                yield return TraceSequence.Parse(text, line, file);
            }
        }
    }

    private static bool IsGzip(Stream stream)
    {
        long start = stream.Position;
        Span<byte> head = stackalloc byte[2];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = start;
        return length == 2 && head[0] == 0x1F && head[1] == 0x8B;
    }
}
