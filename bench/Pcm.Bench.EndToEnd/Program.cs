using System.Globalization;
using System.Runtime;
using System.Text;
using Pcm;
using Pcm.Bench.EndToEnd;

if (EndToEndOptions.Parse(args, out string problem) is not { } options)
{
    Console.Error.WriteLine($"{problem}\n{EndToEndOptions.Usage}");
    return 2;
}

#region services
// No full blocking collections while streams run; a thread of its own for the periods, and what the system refused of it.
GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;
using var realTime = new PcmRealTimeScheduler(new PcmRealTimeOptions { Priority = 50 });
var realTimeServices = new PcmServices(realTime.Time, realTime);
Console.Error.WriteLine(realTime.Grant.Refused);
#endregion
using var witness = new Witness();
var report = new StringBuilder();
Say("| | |", "|---|---|");
foreach ((string name, string value) in Machine.Describe())
{
    Say($"| {name} | {value} |");
}

string granted = realTime.Grant.Priority > 0 ? $"SCHED_FIFO {realTime.Grant.Priority}" : $"ordinary priority. {realTime.Grant.Refused}";
Say($"| Command | `dotnet run -c Release --project bench/Pcm.Bench.EndToEnd -- {options.CommandLine}` |", $"| Real-time thread | {granted} |");

if (options.Parts.Contains("lateness"))
{
    MeasureLateness();
}

if (options.Parts.Contains("null") || options.Parts.Contains("virtio"))
{
    await MeasureStreamsAsync();
}

if (options.Parts.Contains("startup") || options.Parts.Contains("calls"))
{
    try
    {
        MeasureCommand();
    }
    catch (InvalidOperationException e)
    {
        Say("", $"Not measured. {e.Message}");
    }
}

return options.Report is { } file ? Insert(file, report.ToString()) : 0;

(string Name, PcmServices Services)[] Services() => [("default", new PcmServices()), ("real-time thread", realTimeServices)];

void MeasureLateness()
{
    Say("", "Lateness of an application that is woken for each period, microseconds; null card, four periods:", "",
        "| Services | Period | Beside it | Periods | p50 | p99 | p99.9 | max | Machine's max | xruns | Lost laps |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    foreach ((string clock, PcmServices services) in Services())
    {
        foreach (double periodMs in (double[])[1, 5, 10])
        {
            witness.Restart();
            Print(LatenessRun.Measure(clock, services, periodMs, options.Seconds, "nothing"));
            foreach (Func<Disturbance> disturb in (Func<Disturbance>[])[Disturbance.Garbage, Disturbance.Everything])
            {
                using Disturbance disturbance = disturb();
                witness.Restart();
                LatenessResult disturbed = LatenessRun.Measure(clock, services, periodMs, options.Seconds, "");
                Print(disturbed with { Beside = disturbance.Achieved });
            }
        }
    }
}

async Task MeasureStreamsAsync()
{
    Say("", $"Streams at 10 ms periods, {options.Periods} periods each, written by asynchronous loops where their services resume them:", "",
        "| Path | Services | Streams | Seconds | Periods | xruns | Stalls | Machine's max | CPU, of one core | CPU per period | Bytes per stream beyond its ring | Kicks per period | Interrupts per period |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    foreach ((string path, int count) in options.Streams.Select(static n => ("null", n)).Concat(options.Streams.Select(static n => ("virtio", n))))
    {
        if (options.Parts.Contains(path))
        {
            foreach ((string name, PcmServices services) in Services())
            {
                StreamsResult r = await new StreamsRun(name, services, count, path == "virtio", options.Periods, witness).MeasureAsync(options.Seconds);
                Say(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {r.Path} | {r.Services} | {r.Streams} | {r.Seconds:0} | {r.Periods} | {r.XRuns} | {r.Stalls} | {Number(r.MachineMs, "0.0' ms'")} | {r.Cpu:0} % | {r.CpuPerPeriod:0.0} us | {r.BytesPerStream} | {Number(r.KicksPerPeriod, "0.00")} | {Number(r.InterruptsPerPeriod, "0.00")} |"));
            }
        }
    }
}

void MeasureCommand()
{
    using PublishedCli cli = PublishedCli.Publish();
    if (options.Parts.Contains("startup"))
    {
        (double pcm, double aplay) = StartupRun.Measure(cli);
        Say("", "The command line compiled ahead of time, medians of 31 starts in turns:", "", "| Size | pcm --version | aplay --version | Ratio |", "|---:|---:|---:|---:|");
        Say(string.Create(CultureInfo.InvariantCulture, $"| {cli.Bytes / 1e6:0.0} MB | {pcm:0.0} ms | {aplay:0.0} ms | {pcm / aplay:0.0} |"));
    }

    if (options.Parts.Contains("calls"))
    {
        Say("", "System calls for each period of 10 ms, `pcm play` on the real clock under strace, which slows every call:", "", "| Device | Calls per period | Which |", "|---|---:|---|");
        foreach (string device in (string[])["null", "virtio"])
        {
            (double all, IReadOnlyList<(string Name, double Count)> calls) = SystemCallsRun.Measure(cli, device);
            Say(string.Create(CultureInfo.InvariantCulture, $"| {device} | {all:0.0} | {string.Join(", ", calls.Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Count:0.00}")))} |"));
        }
    }
}

void Print(LatenessResult r) => Say(string.Create(
    CultureInfo.InvariantCulture,
    $"| {r.Clock} | {r.PeriodMs:0} ms | {r.Beside} | {r.Lateness.Count} | {r.Lateness.At(0.5):0} | {r.Lateness.At(0.99):0} | {r.Lateness.At(0.999):0} | {r.Lateness.At(1):0} | {Number(witness.Worst() * 1000, "0")} | {r.XRuns} | {r.LostLaps} |"));

void Say(params ReadOnlySpan<string> lines)
{
    foreach (string line in lines)
    {
        Console.WriteLine(line);
        report.AppendLine(line);
    }
}

static string Number(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, CultureInfo.InvariantCulture);

static int Insert(string file, string measured)
{
    const string Begin = "<!-- measured -->", End = "<!-- end -->";
    string text = File.ReadAllText(file);
    int begin = text.IndexOf(Begin, StringComparison.Ordinal), end = text.IndexOf(End, StringComparison.Ordinal);
    if (begin < 0 || end < begin)
    {
        Console.Error.WriteLine($"{file} has no place for the report: {Begin} .. {End}");
        return 1;
    }

    File.WriteAllText(file, text[..(begin + Begin.Length)] + "\n" + measured + text[end..]);
    return 0;
}
