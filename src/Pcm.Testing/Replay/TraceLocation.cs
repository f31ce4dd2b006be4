using System.Globalization;

namespace Pcm.Testing.Replay;

/// <summary>A place in a trace file.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Step">The step of that line's sequence, from 0; null for the sequence itself.</param>
/// <param name="File">The file's name; null when the text is from no file.</param>
/// <remarks>Thread safety: immutable.</remarks>
public readonly record struct TraceLocation(int Line, int? Step = null, string? File = null)
{
    /// <summary><c>2-random.jsonl.gz, line 3, step 7</c>.</summary>
    public override string ToString()
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"line {Line}");
        string place = Step is int step ? string.Create(CultureInfo.InvariantCulture, $"{line}, step {step}") : line;
        return File is null ? place : $"{File}, {place}";
    }
}
