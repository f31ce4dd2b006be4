using System.Globalization;

namespace Pcm.Testing.Conformance;

/// <summary>What happened while a law was tried: verbs of the application, ops and signals of the backend, in order.</summary>
/// <remarks>Thread safety: any thread.</remarks>
internal sealed class LawTrace
{
    /// <summary>What a report shows: the end is where it broke.</summary>
    private const int LinesShown = 60;

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    private readonly record struct Entry(long TimeNs, bool IsVerb, string What, string Detail, long Result);

    /// <summary>Notes an op or a signal.</summary>
    public void Op(long timeNs, string op, string detail, long result)
    {
        lock (_lock)
        {
            _entries.Add(new Entry(timeNs, false, op, detail, result));
        }
    }

    /// <summary>Notes what the application does.</summary>
    public void Verb(long timeNs, string verb)
    {
        lock (_lock)
        {
            _entries.Add(new Entry(timeNs, true, verb, "", 0));
        }
    }

    /// <summary>The verbs alone; repetitions counted.</summary>
    public IReadOnlyList<string> Verbs()
    {
        lock (_lock)
        {
            var verbs = new List<string>();
            int times = 1;
            foreach (Entry entry in _entries.Where(static e => e.IsVerb))
            {
                bool again = verbs.Count > 0 && Name(verbs[^1], times) == entry.What;
                times = again ? times + 1 : 1;
                if (again)
                {
                    verbs[^1] = $"{entry.What} x{times}";
                }
                else
                {
                    verbs.Add(entry.What);
                }
            }

            return verbs;
        }

        static string Name(string verb, int times) => times == 1 ? verb : verb[..verb.LastIndexOf(" x", StringComparison.Ordinal)];
    }

    /// <summary>The last lines of everything.</summary>
    public IReadOnlyList<string> Lines()
    {
        lock (_lock)
        {
            int skipped = Math.Max(0, _entries.Count - LinesShown);
            List<string> lines = [.. _entries.Skip(skipped).Select(Format)];
            if (skipped > 0)
            {
                lines.Insert(0, string.Create(CultureInfo.InvariantCulture, $"({skipped} lines before)"));
            }

            return lines;
        }
    }

    private static string Format(Entry entry)
    {
        string time = string.Create(CultureInfo.InvariantCulture, $"{entry.TimeNs / 1e6,10:0.000} ms");
        return entry.IsVerb ? $"{time}  > {entry.What}"
            : $"{time}      {entry.What}{(entry.Detail.Length == 0 ? "" : $"({entry.Detail})")} = {Result(entry)}";
    }

    private static string Result(Entry entry) =>
        entry.What != "pointer" && entry.Result <= 0 ? ((PcmError)entry.Result).ErrnoName() : entry.Result.ToString(CultureInfo.InvariantCulture);
}
