using System.Globalization;

namespace Pcm.Testing;

/// <summary>
/// What goes wrong with a device, and when. As text, faults joined by <c>+</c>, each <c>OP:WHAT[@N][*M]</c>: at the N-th call of the op (default 1), to M
/// calls (default 1; <c>*</c> alone: to all from then on). WHAT is an errno (<c>EIO</c>) or <c>delay=20ms</c>; of <c>pointer</c> <c>stuck</c>,
/// <c>offset=-8</c>, <c>out</c>, <c>xrun</c>; of <c>period</c>, the interrupts, <c>lost</c>, <c>early</c>, <c>xrun</c>, <c>disconnect</c>; of
/// <c>clock</c> <c>jump=50ms</c> (N counts interrupts) and <c>drift=200</c> (parts per million).
/// </summary>
/// <param name="Faults">The faults; of several that hit the same call the first counts, except that delays add to what follows.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record PcmFaultPlan(IReadOnlyList<PcmFault> Faults)
{
    private static readonly string[] s_waiting =
        ["open", "close", "hw_params", "hw_free", "prepare", "reset", "start", "stop", "pause", "release", "suspend", "resume", "drain", "sync_stop"];

    private static readonly string[] s_plain = ["ack", "copy", "silence"];

    private static readonly string[] s_others = ["pointer", "period", "clock"];

    /// <summary>Parts per million by which the clock is wrong.</summary>
    public long DriftPpm => Faults.Where(static f => f.Kind == PcmFaultKind.Drift).Sum(static f => f.Amount);

    /// <summary>Whether the card needs a clock of its own.</summary>
    public bool NeedsClock => Faults.Any(static f => f.Op == "clock");

    /// <summary>Reads a plan.</summary>
    /// <param name="text">As described at the type.</param>
    /// <exception cref="FormatException">It is none; the message says what is expected where.</exception>
    public static PcmFaultPlan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new PcmFaultPlan([.. text.Split('+').Select(ParseFault)]);
    }

    /// <summary>The plan as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Join('+', Faults);

    private static PcmFault ParseFault(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string op = colon < 0 ? text : text[..colon];
        if (!s_waiting.Concat(s_plain).Concat(s_others).Contains(op))
        {
            throw new FormatException($"'{op}' in fault '{text}' is no op; the ops are: {string.Join(", ", s_waiting.Concat(s_plain).Concat(s_others))}.");
        }

        string what = colon < 0 ? "" : text[(colon + 1)..];
        int count = TakeNumber(ref what, '*', whenEmpty: int.MaxValue, text);
        int first = TakeNumber(ref what, '@', whenEmpty: 0, text);
        return ParseWhat(op, what, text) with { First = first, Count = count };
    }

    private static int TakeNumber(ref string what, char mark, int whenEmpty, string text)
    {
        int at = what.LastIndexOf(mark);
        if (at < 0)
        {
            return 1;
        }

        string number = what[(at + 1)..];
        what = what[..at];
        if (number.Length == 0 && whenEmpty > 0)
        {
            return whenEmpty;
        }

        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? value
            : throw new FormatException($"'{number}' behind '{mark}' in fault '{text}' is no whole number from 1.");
    }

    private static PcmFault ParseWhat(string op, string what, string text)
    {
        (string word, string value) = what.IndexOf('=', StringComparison.Ordinal) is var at && at < 0 ? (what, "") : (what[..at], what[(at + 1)..]);
        return (op, word) switch
        {
            ("pointer", "stuck") when value == "" => Fault(PcmFaultKind.Stuck),
            ("pointer", "out") when value == "" => Fault(PcmFaultKind.OutOfRange),
            ("pointer" or "period", "xrun") when value == "" => Fault(PcmFaultKind.XRun),
            ("pointer", "offset") => Fault(PcmFaultKind.Offset) with { Amount = Whole(value) },
            ("period", "lost") when value == "" => Fault(PcmFaultKind.Lost),
            ("period", "early") when value == "" => Fault(PcmFaultKind.Early),
            ("period", "disconnect") when value == "" => Fault(PcmFaultKind.Disconnect),
            ("clock", "jump") => Fault(PcmFaultKind.Jump) with { Time = Time(value) },
            ("clock", "drift") when Whole(value) is var ppm and > -1_000_000 and < 1_000_000 => Fault(PcmFaultKind.Drift) with { Amount = ppm },
            (_, "delay") when s_waiting.Contains(op) => Fault(PcmFaultKind.Delay) with { Time = Time(value) },
            _ when (s_waiting.Contains(op) || s_plain.Contains(op)) && value == "" && TryErrno(what, out PcmError error) => Fault(PcmFaultKind.Error) with { Error = error },
            _ => throw new FormatException($"'{what}' in fault '{text}' is nothing that can go wrong with {op}; it takes {Choices(op)}."),
        };

        PcmFault Fault(PcmFaultKind kind) => new() { Op = op, Kind = kind };

        long Whole(string number) => long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed) && Math.Abs(parsed) <= int.MaxValue
            ? parsed
            : throw new FormatException($"'{number}' in fault '{text}' is no whole number.");

        TimeSpan Time(string duration)
        {
            (string digits, double unit) = duration.EndsWith("us", StringComparison.Ordinal) ? (duration[..^2], 1e-6)
                : duration.EndsWith("ms", StringComparison.Ordinal) ? (duration[..^2], 1e-3)
                : duration.EndsWith('s') ? (duration[..^1], 1.0)
                : ("", 0);
            return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? TimeSpan.FromSeconds(number * unit)
                : throw new FormatException($"'{duration}' in fault '{text}' is no time; write 500us, 20ms or 2s.");
        }
    }

    private static string Choices(string op) => op switch
    {
        "pointer" => "stuck, offset=FRAMES, out, xrun",
        "period" => "lost, early, xrun, disconnect",
        "clock" => "jump=TIME, drift=PPM",
        _ when s_plain.Contains(op) => "an errno such as EIO",
        _ => "an errno such as EIO, or delay=TIME",
    };

    private static bool TryErrno(string name, out PcmError error)
    {
        foreach (PcmError candidate in Enum.GetValues<PcmError>())
        {
            if (candidate != PcmError.None && candidate.ErrnoName() == name)
            {
                error = candidate;
                return true;
            }
        }

        error = PcmError.None;
        return false;
    }
}
