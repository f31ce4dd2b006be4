using System.Globalization;

namespace Pcm.Testing.Replay;

/// <summary>A place in a trace file.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Step">The step of that line's sequence, from 0; null for the sequence itself.</param>
/// <remarks>Thread safety: immutable.</remarks>
public readonly record struct TraceLocation(int Line, int? Step = null)
{
    /// <summary><c>line 3, step 7</c>.</summary>
    public override string ToString() => Step is int step
        ? string.Create(CultureInfo.InvariantCulture, $"line {Line}, step {step}")
        : string.Create(CultureInfo.InvariantCulture, $"line {Line}");
}
