using System.Globalization;
using System.Text;

namespace Pcm.Bench;

/// <summary>The table of targets as Markdown: the ratios first, the reasons of the misses below.</summary>
internal static class PairedReport
{
    public static string Create(IEnumerable<PairedRow> rows)
    {
        var text = new StringBuilder();
        var notes = new StringBuilder();
        text.AppendLine("## Against C and libasound").AppendLine();
        text.AppendLine("Measured in turns, round by round, in one process; the ratio is the median over the rounds, in brackets its quartiles. The C is bench/native,");
        text.AppendLine(CultureInfo.InvariantCulture, $"`cc -O2`; libasound is {PcmNative.AsoundVersion}, its null PCM. Allocated: bytes per operation on the heap.").AppendLine();
        text.AppendLine("| Operation | Against | Ratio | Target | | Time | Baseline | Allocated |");
        text.AppendLine("|---|---|---:|---:|---|---:|---:|---:|");
        foreach (PairedRow row in rows)
        {
            Console.WriteLine($"{row.Name} | {row.BaselineName}");
            PairedResult? result = PairedRunner.Measure(row);
            text.AppendLine(Line(row, result));
            if (result is { IsMissed: true })
            {
                notes.AppendLine(CultureInfo.InvariantCulture, $"- {row.Name}, against {row.BaselineName}: {result.Ratio:0.00} for {row.Target:0.00}. {row.Remark}");
            }
        }

        if (notes.Length > 0)
        {
            text.AppendLine().AppendLine("Missed:").AppendLine().Append(notes);
        }

        return text.ToString();
    }

    private static string Line(PairedRow row, PairedResult? result)
    {
        string target = row.Target is { } t ? Number(t) : "";
        if (result is null)
        {
            return $"| {row.Name} | {row.BaselineName} | not measured | {target} | {row.WhyNoBaseline} | | | |";
        }

        string verdict = row.Target is null ? "" : result.IsMissed ? "missed" : "met";
        return $"| {row.Name} | {row.BaselineName} | {Number(result.Ratio)} ({Number(result.RatioLow)} .. {Number(result.RatioHigh)}) | {target} | {verdict} "
            + $"| {MarkdownReport.Time(result.Nanoseconds)} | {MarkdownReport.Time(result.BaselineNanoseconds)} | {Number(Math.Round(result.AllocatedBytes))} B |";
    }

    private static string Number(double value) => value.ToString(value >= 100 || value == Math.Floor(value) ? "0" : "0.00", CultureInfo.InvariantCulture);
}
