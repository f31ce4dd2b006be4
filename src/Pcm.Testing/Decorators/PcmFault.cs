using System.Globalization;

namespace Pcm.Testing;

/// <summary>One thing that goes wrong, and when.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record PcmFault
{
    /// <summary>
    /// Where: <c>open</c>, <c>close</c>, <c>hw_params</c>, <c>hw_free</c>, <c>prepare</c>, <c>reset</c>, <c>start</c>, <c>stop</c>, <c>pause</c>,
    /// <c>release</c>, <c>suspend</c>, <c>resume</c>, <c>drain</c>, <c>sync_stop</c>, <c>ack</c>, <c>copy</c>, <c>silence</c>, <c>pointer</c>,
    /// <c>period</c> (the interrupts), <c>clock</c>.
    /// </summary>
    public required string Op { get; init; }

    /// <summary>What.</summary>
    public required PcmFaultKind Kind { get; init; }

    /// <summary>The errno of <see cref="PcmFaultKind.Error"/>.</summary>
    public PcmError Error { get; init; }

    /// <summary>How long, of <see cref="PcmFaultKind.Delay"/> and <see cref="PcmFaultKind.Jump"/>.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>Frames of <see cref="PcmFaultKind.Offset"/>, parts per million of <see cref="PcmFaultKind.Drift"/>.</summary>
    public long Amount { get; init; }

    /// <summary>The first call that it happens to, counted from 1 over the life of the card.</summary>
    public int First { get; init; } = 1;

    /// <summary>To how many calls it happens; <see cref="int.MaxValue"/>: to all from then on.</summary>
    public int Count { get; init; } = 1;

    /// <summary>As it is written in a plan: <c>prepare:EIO@3*2</c>.</summary>
    public override string ToString()
    {
        string what = Kind switch
        {
            PcmFaultKind.Error => Error.ErrnoName(),
            PcmFaultKind.Delay => $"delay={Text(Time)}",
            PcmFaultKind.Offset => string.Create(CultureInfo.InvariantCulture, $"offset={Amount}"),
            PcmFaultKind.OutOfRange => "out",
            PcmFaultKind.Jump => $"jump={Text(Time)}",
            PcmFaultKind.Drift => string.Create(CultureInfo.InvariantCulture, $"drift={Amount}"),
            _ => Kind.ToString().ToLowerInvariant(),
        };
        string first = First == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"@{First}");
        string count = Count switch
        {
            1 => "",
            int.MaxValue => "*",
            _ => string.Create(CultureInfo.InvariantCulture, $"*{Count}"),
        };
        return $"{Op}:{what}{first}{count}";
    }

    /// <summary>Whether it happens to a call.</summary>
    /// <param name="call">The call's number, from 1.</param>
    internal bool Hits(int call) => call >= First && call - First < Count;

    private static string Text(TimeSpan time) => time.Ticks % TimeSpan.TicksPerMillisecond == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0}us");
}
