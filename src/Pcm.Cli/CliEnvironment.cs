using Pcm.Cli.Devices;

namespace Pcm.Cli;

/// <summary>Everything that the program knows of the world, so that a test can be the world.</summary>
internal sealed record CliEnvironment
{
    /// <summary>Where results go.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Where diagnostics go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Opens the standard input as bytes.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Whether a person sees <see cref="Output"/>: colours, tables and a live line, instead of plain lines.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>The clock of <c>--clock real</c>, and of how often a view is refreshed.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The devices of this build.</summary>
    public required DeviceTable Devices { get; init; }

    /// <summary>The process's own console.</summary>
    public static CliEnvironment OfThisProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        OpenInput = Console.OpenStandardInput,
        IsInteractive = !Console.IsOutputRedirected,
        Time = TimeProvider.System,
        Devices = DeviceTable.Default,
    };
}
