using System.Globalization;
using Pcm.Backends;

namespace Pcm.Bench.EndToEnd;

/// <summary>
/// System calls of the command line for each period of 10 ms that it plays on the real clock: strace counts those of one second and of eleven, and the
/// difference is a thousand periods.
/// </summary>
internal static class SystemCallsRun
{
    private const int Short = 1, Long = 11, PeriodsPerSecond = 100;

    /// <returns>Calls a period: all, and by name, the most frequent first.</returns>
    /// <exception cref="InvalidOperationException">strace is missing, may not trace, or the command fails.</exception>
    public static (double All, IReadOnlyList<(string Name, double Count)> ByName) Measure(PublishedCli cli, string device)
    {
        Dictionary<string, long> few = Count(cli, device, Short), many = Count(cli, device, Long);
        const double Periods = (Long - Short) * PeriodsPerSecond;
        (string Name, double Count)[] calls =
            [.. many.Select(c => (c.Key, (c.Value - few.GetValueOrDefault(c.Key)) / Periods)).Where(static c => c.Item2 >= 0.01).OrderByDescending(static c => c.Item2)];
        return (calls.Sum(static c => c.Count), calls);
    }

    private static Dictionary<string, long> Count(PublishedCli cli, string device, int seconds)
    {
        string silence = Path.GetTempFileName(), table = Path.GetTempFileName();
        try
        {
            using (FileStream file = File.Create(silence))
            using (var wav = new WavWriter(file, new WavFormat(PcmFormat.S16LE, 2, 48000)))
            {
                wav.Write(new byte[seconds * 48000 * Session.FrameBytes]);
            }

            (int code, string output) = PublishedCli.Run(
                "strace", "-f", "-c", "-U", "calls,name", "-o", table, cli.Command, "play", "--device", device,
                "--period-frames", "480", "--periods", "4", silence);
            return code == 0 ? Parse(File.ReadAllLines(table)) : throw new InvalidOperationException($"strace of pcm play --device {device}: {output}");
        }
        finally
        {
            File.Delete(silence);
            File.Delete(table);
        }
    }

    private static Dictionary<string, long> Parse(string[] lines)
    {
        var calls = new Dictionary<string, long>();
        foreach (string[] words in lines.Select(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (words is [string count, string name] && name != "total" && long.TryParse(count, CultureInfo.InvariantCulture, out long number))
            {
                calls[name] = number;
            }
        }

        return calls;
    }
}
