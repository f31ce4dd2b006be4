namespace Pcm.Cli;

/// <summary>Ends the program with a sentence for the user and an exit code. The only exception that does.</summary>
internal sealed class CliException : Exception
{
    private CliException(int exitCode, string message, string? operation, PcmError error, bool isReported = false)
        : base(message)
    {
        ExitCode = exitCode;
        IsReported = isReported;
        Operation = operation;
        Error = error;
    }

    /// <summary>What the process returns.</summary>
    public int ExitCode { get; }

    /// <summary>The PCM operation that failed; null when it was something else.</summary>
    public string? Operation { get; }

    /// <summary>Its errno; <see cref="PcmError.None"/> when there is none.</summary>
    public PcmError Error { get; }

    /// <summary>The standard output has the result already, failure included: there is no JSON object to add.</summary>
    public bool IsReported { get; }

    /// <summary>The command line is wrong.</summary>
    public static CliException Usage(string message) => new(CliExitCode.Usage, message, null, PcmError.None);

    /// <summary>Something outside of PCM failed: a file.</summary>
    public static CliException Failure(string message, bool isReported = false) =>
        new(CliExitCode.Failure, message, null, PcmError.None, isReported);

    /// <summary>A PCM operation failed.</summary>
    /// <param name="operation">Which, as a verb.</param>
    /// <param name="error">Its errno.</param>
    /// <param name="advice">What to do about it; null when the errno says all.</param>
    public static CliException Failure(string operation, PcmError error, string? advice = null) =>
        new(CliExitCode.Failure, $"{operation} failed: {error.Describe()}{(advice is null ? "" : "; " + advice)}", operation, error);
}
