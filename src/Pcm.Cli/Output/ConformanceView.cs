using Pcm.Testing.Conformance;

namespace Pcm.Cli.Output;

/// <summary>The output of <c>pcm conformance</c>: a line per law as it is tried, what broke, and the count; or one JSON object at the end.</summary>
internal sealed class ConformanceView(CommandContext context, string device)
{
    private readonly List<PcmVerdict> _verdicts = [];

    /// <summary>Laws broken so far.</summary>
    public int Failed => _verdicts.Count(static v => v.Outcome == PcmLawOutcome.Failed);

    /// <summary>A verdict fell.</summary>
    public void Add(PcmVerdict verdict)
    {
        _verdicts.Add(verdict);
        if (!context.IsJson)
        {
            context.Environment.Output.WriteLine(Line(verdict));
        }
    }

    /// <summary>All laws were tried.</summary>
    public void Finish() => context.Environment.Output.WriteLine(context.IsJson ? ToJson() : new PcmConformanceReport(device, _verdicts).ToString());

    private static string Word(PcmLawOutcome outcome) => outcome switch
    {
        PcmLawOutcome.Passed => "passed",
        PcmLawOutcome.Failed => "FAILED",
        _ => "skipped",
    };

    private static string Line(PcmVerdict verdict) => verdict.Outcome == PcmLawOutcome.Failed
        ? $"{Word(verdict.Outcome),-7}  {verdict.Describe()}"
        : $"{Word(verdict.Outcome),-7}  {verdict.Law.Name}: {verdict.Evidence}";

    private string ToJson() => JsonReport.Of(json =>
    {
        var report = new PcmConformanceReport(device, _verdicts);
        json.WriteString("command", "conformance");
        json.WriteString("device", device);
        json.WriteNumber("passed", report.Passed);
        json.WriteNumber("failed", report.Failed);
        json.WriteNumber("skipped", report.Skipped);
        json.WriteStartArray("laws");
        foreach (PcmVerdict verdict in _verdicts)
        {
            json.WriteStartObject();
            json.WriteString("name", verdict.Law.Name);
            json.WriteString("area", verdict.Law.Area);
            json.WriteString("statement", verdict.Law.Statement);
            json.WriteString("source", verdict.Law.Source);
            json.WriteString("outcome", Word(verdict.Outcome).ToLowerInvariant());
            json.WriteString("evidence", verdict.Evidence);
            WriteLines("sequence", verdict.Sequence);
            WriteLines("trace", verdict.Trace);
            json.WriteEndObject();
        }

        json.WriteEndArray();

        void WriteLines(string name, IReadOnlyList<string> lines)
        {
            if (lines.Count == 0)
            {
                return;
            }

            json.WriteStartArray(name);
            foreach (string line in lines)
            {
                json.WriteStringValue(line);
            }

            json.WriteEndArray();
        }
    });
}
