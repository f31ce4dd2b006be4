using System.Globalization;

namespace Pcm.Bench.EndToEnd;

/// <summary>The command line: how long, how much, and where the report goes.</summary>
internal sealed record EndToEndOptions
{
    public const string Usage = "Pcm.Bench.EndToEnd [--only <lateness,null,virtio,startup,calls>] [--quick] [--seconds <n per measurement>] [--streams <n,n,..>] [--periods <of a stream's ring>] [--report <Markdown file with <!-- measured --> .. <!-- end -->>]";

    private static readonly string[] s_parts = ["lateness", "null", "virtio", "startup", "calls"];

    public double Seconds { get; init; } = 20;

    public IReadOnlyList<int> Streams { get; init; } = [1, 10, 100, 1000];

    /// <summary>Of 10 ms, in the ring of each of the streams.</summary>
    public int Periods { get; init; } = 4;

    /// <summary>The parts to run; null and virtio are the paths of the streams.</summary>
    public IReadOnlyList<string> Parts { get; init; } = s_parts;

    public string? Report { get; init; }

    public string CommandLine { get; init; } = "";

    /// <summary>Null, and the problem, when the line makes no sense.</summary>
    public static EndToEndOptions? Parse(string[] args, out string problem)
    {
        var options = new EndToEndOptions { CommandLine = string.Join(' ', args) };
        problem = "";
        for (int i = 0; i < args.Length; i++)
        {
            string value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--quick":
                    options = options with { Seconds = 2 };
                    break;
                case "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out double seconds) && seconds > 0:
                    options = options with { Seconds = seconds };
                    i++;
                    break;
                case "--streams" when TryParseCounts(value, out int[] counts):
                    options = options with { Streams = counts };
                    i++;
                    break;
                case "--periods" when int.TryParse(value, CultureInfo.InvariantCulture, out int periods) && periods is >= 2 and <= 32:
                    options = options with { Periods = periods };
                    i++;
                    break;
                case "--only" when value.Split(',') is var parts && Array.TrueForAll(parts, s_parts.Contains):
                    options = options with { Parts = parts };
                    i++;
                    break;
                case "--report" when value.Length > 0:
                    options = options with { Report = value };
                    i++;
                    break;
                default:
                    problem = $"Not understood: {args[i]} {value}";
                    return null;
            }
        }

        return options;
    }

    private static bool TryParseCounts(string text, out int[] counts)
    {
        string[] parts = text.Split(',');
        counts = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], CultureInfo.InvariantCulture, out counts[i]) || counts[i] is < 1 or > 1000)
            {
                return false;
            }
        }

        return true;
    }
}
