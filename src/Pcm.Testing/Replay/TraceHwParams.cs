using System.Globalization;
using System.Text.Json;

namespace Pcm.Testing.Replay;

/// <summary>Hardware parameters in traces: the request of an hw_refine or hw_params step, its answer, and how an answer differs.</summary>
/// <remarks>
/// A request starts from "everything open" and sets only what it names. A mask is <c>format=2</c> (one choice) or <c>format=m404</c> (hexadecimal);
/// an interval is <c>rate=8000</c> (one whole number) or <c>rate=a:b</c> with letters after it: o open minimum, O open maximum, i integer, n not integer, e empty;
/// <c>rmask</c> and <c>flags</c> are numbers. Thread safety: static and stateless.
/// </remarks>
public static class TraceHwParams
{
    private const string Unchanged = "unchanged";
    private const string AllOthers = "+ones";

    private static readonly (string Name, PcmHwParameter Parameter)[] s_masks =
    [
        ("access", PcmHwParameter.Access), ("format", PcmHwParameter.Format), ("subformat", PcmHwParameter.Subformat),
    ];

    private static readonly (string Name, PcmHwParameter Parameter)[] s_intervals =
    [
        ("sample_bits", PcmHwParameter.SampleBits), ("frame_bits", PcmHwParameter.FrameBits), ("channels", PcmHwParameter.Channels),
        ("rate", PcmHwParameter.Rate), ("period_time", PcmHwParameter.PeriodTime), ("period_size", PcmHwParameter.PeriodSize),
        ("period_bytes", PcmHwParameter.PeriodBytes), ("periods", PcmHwParameter.Periods), ("buffer_time", PcmHwParameter.BufferTime),
        ("buffer_size", PcmHwParameter.BufferSize), ("buffer_bytes", PcmHwParameter.BufferBytes), ("tick_time", PcmHwParameter.TickTime),
    ];

    /// <summary>Makes <paramref name="hwParams"/> what a request asks for.</summary>
    /// <param name="arguments">The request.</param>
    /// <param name="sizes">What the symbolic values stand for.</param>
    /// <param name="hwParams">Overwritten.</param>
    /// <exception cref="TraceFormatException">An argument is unknown or malformed.</exception>
    public static void ReadRequest(TraceArguments arguments, in TraceSizes sizes, PcmHwParams hwParams)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(hwParams);
        hwParams.Any();
        foreach (string name in arguments.Names)
        {
            if (Find(s_masks, name) is PcmHwParameter mask)
            {
                hwParams.SetMask(mask, ReadMask(arguments, name, sizes));
            }
            else if (Find(s_intervals, name) is PcmHwParameter interval)
            {
                hwParams.SetInterval(interval, ReadInterval(arguments, name, sizes));
            }
            else if (name == "flags")
            {
                hwParams.Flags = (PcmHwFlags)ReadUInt32(arguments, name, arguments.GetText(name), sizes);
            }
            else if (name != "rmask")
            {
                throw new TraceFormatException(
                    arguments.Location,
                    $"'{name}' is no argument of hw_params; expected {string.Join(", ", s_masks.Select(m => m.Name).Concat(s_intervals.Select(i => i.Name)))}, rmask or flags");
            }
        }

        // Last: setting a parameter requests it.
        if (arguments.GetText("rmask") is string requested)
        {
            hwParams.Requested = ReadUInt32(arguments, "rmask", requested, sizes);
        }
    }

    /// <summary>What the kernel wrote back.</summary>
    /// <param name="step">An hw_refine or hw_params step.</param>
    /// <returns>Null when the call failed and left the caller's structure alone.</returns>
    /// <exception cref="TraceFormatException">The output is missing or malformed.</exception>
    public static PcmHwParams? ReadAnswer(TraceStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (step.Output is not JsonElement output)
        {
            throw new TraceFormatException(step.Location, $"'out' is missing; expected an object, or \"{Unchanged}\"");
        }

        if (output.ValueKind == JsonValueKind.String && output.ValueEquals(Unchanged))
        {
            return null;
        }

        if (output.ValueKind != JsonValueKind.Object)
        {
            throw new TraceFormatException(step.Location, $"'out' is {TraceJson.Describe(output)}; expected an object, or \"{Unchanged}\"");
        }

        return ReadFields(step.Location, output);
    }

    /// <summary>The fields in which two answers differ, each as <c>name expected ... got ...</c>; empty when they are the same.</summary>
    /// <param name="expected">What the kernel answered.</param>
    /// <param name="actual">What was answered here.</param>
    public static IReadOnlyList<string> FindDifferences(PcmHwParams expected, PcmHwParams actual)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);
        var differences = new List<string>();
        foreach ((string name, PcmHwParameter parameter) in s_masks)
        {
            Compare(differences, name, expected.GetMask(parameter), actual.GetMask(parameter));
        }

        foreach ((string name, PcmHwParameter parameter) in s_intervals)
        {
            Compare(differences, name, expected.GetInterval(parameter), actual.GetInterval(parameter));
        }

        Compare(differences, "flags", expected.Flags, actual.Flags);
        Compare(differences, "rmask", Hex(expected.Requested), Hex(actual.Requested));
        Compare(differences, "cmask", Hex(expected.Changed), Hex(actual.Changed));
        Compare(differences, "info", Hex((uint)expected.Info), Hex((uint)actual.Info));
        Compare(differences, "msbits", expected.MsBits, actual.MsBits);
        Compare(differences, "rate_num", expected.RateNumerator, actual.RateNumerator);
        Compare(differences, "rate_den", expected.RateDenominator, actual.RateDenominator);
        Compare(differences, "fifo_size", expected.FifoFrames, actual.FifoFrames);
        return differences;
    }

    private static void Compare<T>(List<string> differences, string name, T expected, T actual)
        where T : notnull
    {
        if (!expected.Equals(actual))
        {
            differences.Add(string.Create(CultureInfo.InvariantCulture, $"{name} expected {expected} got {actual}"));
        }
    }

    private static string Hex(uint value) => value.ToString("x", CultureInfo.InvariantCulture);

    private static PcmHwParameter? Find((string Name, PcmHwParameter Parameter)[] table, string name)
    {
        foreach ((string candidate, PcmHwParameter parameter) in table)
        {
            if (candidate == name)
            {
                return parameter;
            }
        }

        return null;
    }

    private static uint ReadUInt32(TraceArguments arguments, string name, ReadOnlySpan<char> text, in TraceSizes sizes)
    {
        long number = arguments.ParseNumber(name, text, sizes);
        return number is >= 0 and <= uint.MaxValue
            ? (uint)number
            : throw new TraceFormatException(arguments.Location, $"{number} in {name}={arguments.GetText(name)} is out of range; expected 0 to 4294967295");
    }

    private static PcmMask ReadMask(TraceArguments arguments, string name, in TraceSizes sizes)
    {
        string text = arguments.GetText(name)!;
        if (text.StartsWith('m'))
        {
            return ulong.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits)
                ? new PcmMask(bits)
                : throw new TraceFormatException(arguments.Location, $"{name}={text} is no mask; expected m and up to 16 hexadecimal digits");
        }

        long choice = arguments.ParseNumber(name, text, sizes);
        return choice is >= 0 and < 64
            ? PcmMask.Of((int)choice)
            : throw new TraceFormatException(arguments.Location, $"{name}={text} is no choice; expected a bit number from 0 to 63, or m and a hexadecimal mask");
    }

    private static PcmInterval ReadInterval(TraceArguments arguments, string name, in TraceSizes sizes)
    {
        string text = arguments.GetText(name)!;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return PcmInterval.Of(ReadUInt32(arguments, name, text, sizes));
        }

        ReadOnlySpan<char> rest = text.AsSpan(colon + 1);
        ReadOnlySpan<char> max = rest.TrimEnd("oOien");
        var interval = PcmInterval.Closed(ReadUInt32(arguments, name, text.AsSpan(0, colon), sizes), ReadUInt32(arguments, name, max, sizes));
        ReadFlags(arguments.Location, name, rest[max.Length..], ref interval);
        return interval;
    }

    private static void ReadFlags(TraceLocation location, string name, ReadOnlySpan<char> letters, ref PcmInterval interval)
    {
        foreach (char letter in letters)
        {
            switch (letter)
            {
                case 'o':
                    interval.OpenMin = true;
                    break;
                case 'O':
                    interval.OpenMax = true;
                    break;
                case 'i':
                    interval.IsInteger = true;
                    break;
                case 'n':
                    interval.IsInteger = false;
                    break;
                case 'e':
                    interval.IsEmpty = true;
                    break;
                default:
                    throw new TraceFormatException(location, $"'{letter}' is no flag of the interval {name}; expected o, O, i, n or e");
            }
        }
    }

    private static PcmHwParams ReadFields(TraceLocation location, JsonElement output)
    {
        var hwParams = new PcmHwParams();
        JsonElement masks = TraceJson.Get(location, output, "masks", JsonValueKind.Object);
        foreach ((string name, PcmHwParameter parameter) in s_masks)
        {
            hwParams.SetMask(parameter, ReadAnsweredMask(location, name, TraceJson.GetString(location, masks, name)));
        }

        JsonElement intervals = TraceJson.Get(location, output, "iv", JsonValueKind.Object);
        foreach ((string name, PcmHwParameter parameter) in s_intervals)
        {
            hwParams.SetInterval(parameter, ReadAnsweredInterval(location, name, TraceJson.Get(location, intervals, name, JsonValueKind.Array)));
        }

        hwParams.Flags = (PcmHwFlags)TraceJson.GetUInt32(location, output, "flags");
        hwParams.Requested = ReadHex(location, output, "rmask");
        hwParams.Changed = ReadHex(location, output, "cmask");
        hwParams.Info = (PcmInfo)ReadHex(location, output, "info");
        hwParams.MsBits = TraceJson.GetUInt32(location, output, "msbits");
        hwParams.RateNumerator = TraceJson.GetUInt32(location, output, "rate_num");
        hwParams.RateDenominator = TraceJson.GetUInt32(location, output, "rate_den");
        hwParams.FifoFrames = TraceJson.GetUInt32(location, output, "fifo_size");
        return hwParams;
    }

    private static uint ReadHex(TraceLocation location, JsonElement output, string name)
    {
        string text = TraceJson.GetString(location, output, name);
        return uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            ? value
            : throw new TraceFormatException(location, $"'{name}' is \"{text}\"; expected up to 8 hexadecimal digits");
    }

    private static PcmMask ReadAnsweredMask(TraceLocation location, string name, string text)
    {
        bool others = text.EndsWith(AllOthers, StringComparison.Ordinal);
        ReadOnlySpan<char> digits = others ? text.AsSpan(0, text.Length - AllOthers.Length) : text;
        if (!ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits))
        {
            throw new TraceFormatException(location, $"mask '{name}' is \"{text}\"; expected up to 16 hexadecimal digits, with {AllOthers} when bits 64 to 255 are set");
        }

        return others ? PcmMask.All with { Bits = bits } : new PcmMask(bits);
    }

    private static PcmInterval ReadAnsweredInterval(TraceLocation location, string name, JsonElement value)
    {
        if (value.GetArrayLength() != 3 || value[2].ValueKind != JsonValueKind.String)
        {
            throw new TraceFormatException(location, $"interval '{name}' is {value.GetRawText()}; expected [min, max, \"flags\"]");
        }

        var interval = PcmInterval.Closed(TraceJson.ToUInt32(location, value[0], name), TraceJson.ToUInt32(location, value[1], name));
        ReadFlags(location, name, value[2].GetString(), ref interval);
        return interval;
    }
}
