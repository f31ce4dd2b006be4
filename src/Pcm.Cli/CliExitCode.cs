namespace Pcm.Cli;

/// <summary>What the process returns.</summary>
internal static class CliExitCode
{
    public const int Done = 0;
    public const int Failure = 1;
    public const int Usage = 2;

    /// <summary>128 + SIGINT, as a shell says it.</summary>
    public const int Interrupted = 130;
}
