namespace Pcm.Bench;

/// <summary>Runs an operation <paramref name="count"/> times.</summary>
/// <returns>Nanoseconds that it took, without what had to be done in between.</returns>
internal delegate double Timed(int count);

/// <summary>One row of the table of targets.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Run">It.</param>
/// <param name="BaselineName">What it is measured against.</param>
/// <param name="Baseline">It; null when it is not here.</param>
/// <param name="WhyNoBaseline">Why it is not.</param>
/// <param name="Target">The ratio not to exceed; null: none was set.</param>
/// <param name="AllocatesNothing">0 B per operation is part of the target.</param>
/// <param name="Remark">Where the time goes; printed when the target is missed.</param>
internal sealed record PairedRow(
    string Name, Timed Run, string BaselineName, Timed? Baseline, string? WhyNoBaseline, double? Target, bool AllocatesNothing, string Remark = "");
