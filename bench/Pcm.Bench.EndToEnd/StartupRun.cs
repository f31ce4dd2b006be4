namespace Pcm.Bench.EndToEnd;

/// <summary>How long `pcm --version` takes beside `aplay --version`: medians of runs in turns, both started by the same means.</summary>
internal static class StartupRun
{
    private const int Rounds = 31;

    /// <returns>Medians in milliseconds.</returns>
    /// <exception cref="InvalidOperationException">One of the commands is missing or fails.</exception>
    public static (double Pcm, double Aplay) Measure(PublishedCli cli)
    {
        var pcm = new Percentiles(Rounds);
        var aplay = new Percentiles(Rounds);
        Take(cli.Command); // from the disk, once
        Take("aplay");
        for (int i = 0; i < Rounds; i++)
        {
            pcm.Add(Take(cli.Command));
            aplay.Add(Take("aplay"));
        }

        return (pcm.At(0.5), aplay.At(0.5));
    }

    private static double Take(string command)
    {
        long start = TimeProvider.System.GetTimestamp();
        (int code, string output) = PublishedCli.Run(command, "--version");
        double took = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        return code == 0 ? took : throw new InvalidOperationException($"{command} --version: {output}");
    }
}
