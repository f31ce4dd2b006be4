using BenchmarkDotNet.Running;
using Pcm.Bench;

// --paired [<part of a name>]: only the table of targets, or the rows of it with such a name, to the console.
// --report <file>: run what the other arguments choose (everything by default), and write the results as Markdown, after the table of targets.
if (args is ["--paired", ..])
{
    string part = args.Length > 1 ? args[1] : "";
    Console.Write(PairedReport.Create(TargetTable.Rows().Where(r => r.Name.Contains(part, StringComparison.OrdinalIgnoreCase))));
    return 0;
}

int at = Array.IndexOf(args, "--report");
if (at >= 0 && at + 1 >= args.Length)
{
    Console.Error.WriteLine("--report needs the name of the file to write.");
    return 2;
}

string? report = at < 0 ? null : args[at + 1];
string[] rest = at < 0 ? args : [.. args[..at], .. args[(at + 2)..]];
if (report is not null && rest.Length == 0)
{
    rest = ["--filter", "*"];
}

// First, so that the table is what --paired alone gives: what the compiler learns from the others' use of the same methods would be in it.
string paired = report is null ? "" : PairedReport.Create(TargetTable.Rows());
var summaries = BenchmarkSwitcher.FromAssembly(typeof(BenchConfig).Assembly).Run(rest, new BenchConfig()).ToList();
bool failed = summaries.Count == 0 || summaries.Any(static s => s.HasCriticalValidationErrors || s.Reports.Any(static r => !r.Success));
if (report is not null && !failed)
{
    File.WriteAllText(report, MarkdownReport.Create(summaries, paired));
}

return failed ? 1 : 0;
