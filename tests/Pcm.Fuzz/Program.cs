using System.Globalization;
using Pcm.Fuzz;

// pcm-fuzz --target driver|device [--seeds N] [--start S] [--minimise SEED]
string targetName = "driver";
long seeds = 1_000_000;
ulong start = 1;
ulong? minimise = null;
for (int i = 0; i < args.Length; i += 2)
{
    string value = i + 1 < args.Length ? args[i + 1] : "";
    bool fine = args[i] switch
    {
        "--target" => (targetName = value) is "driver" or "device",
        "--seeds" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seeds) && seeds > 0,
        "--start" => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out start),
        "--minimise" => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) && (minimise = seed) is not null,
        _ => false,
    };
    if (!fine)
    {
        Console.Error.WriteLine($"'{args[i]} {value}' means nothing. Usage: --target driver|device [--seeds N] [--start S] [--minimise SEED]");
        return 2;
    }
}

using FuzzTarget target = FuzzTarget.Create(targetName);
if (minimise is { } one)
{
    if (FuzzRunner.Minimise(target, one) is not { } small)
    {
        Console.WriteLine($"target {target.Name}, seed {one}: no finding");
        return 0;
    }

    Console.WriteLine(FuzzRunner.Report(target, one, small.Steps, small.Finding));
    return 1;
}

TimeProvider time = TimeProvider.System;
long began = time.GetTimestamp();
(ulong Seed, Exception Finding)? found = FuzzRunner.Run(target, start, seeds, done => Console.WriteLine(Line(done)));
if (found is { } finding)
{
    Console.WriteLine(FuzzRunner.Report(target, finding.Seed, target.Generate(finding.Seed), finding.Finding));
    Console.WriteLine($"make it small: --target {target.Name} --minimise {finding.Seed}");
    return 1;
}

Console.WriteLine($"{Line(seeds)}, no finding");
return 0;

string Line(long done)
{
    double seconds = Math.Max(time.GetElapsedTime(began).TotalSeconds, 1e-9);
    return string.Create(CultureInfo.InvariantCulture, $"target {target.Name}: {done:N0} cases from seed {start} in {seconds:F1} s, {done / seconds:N0} cases/s");
}
