using System.Globalization;

namespace Pcm.Testing.Replay;

/// <summary>A kernel trace that cannot be read: where, what is wrong and what would be right.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class TraceFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="location">Where the trace is wrong.</param>
    /// <param name="problem">What is wrong and what would be right, one sentence without the final point.</param>
    /// <param name="innerException">What found it, if anything.</param>
    public TraceFormatException(TraceLocation location, string problem, Exception? innerException = null)
        : base(string.Create(CultureInfo.InvariantCulture, $"{location}: {problem}."), innerException)
    {
        Location = location;
        Problem = problem;
    }

    /// <summary>Where the trace is wrong.</summary>
    public TraceLocation Location { get; }

    /// <summary>What is wrong and what would be right.</summary>
    public string Problem { get; }
}
