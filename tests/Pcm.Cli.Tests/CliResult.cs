namespace Pcm.Cli.Tests;

internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    public CliResult Expect(int exitCode)
    {
        Assert.True(exitCode == ExitCode, $"exit code {ExitCode}\n{Output}\n{Error}");
        return this;
    }
}
