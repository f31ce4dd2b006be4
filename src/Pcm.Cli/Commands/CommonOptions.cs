using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Pcm.Cli.Devices;
using Pcm.Cli.Sessions;

namespace Pcm.Cli.Commands;

/// <summary>The options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json { get; } = new("--json") { Description = "One JSON object on the standard output, nothing else." };

    public static Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "The whole log on the standard error." };

    public static Option<ClockKind> Clock { get; } = new("--clock")
    {
        Description = "real: the system's clock. virtual: as fast as the data goes, and the same every time.",
        HelpName = "real|virtual",
        CustomParser = static result => Choose(result, ("real", ClockKind.Real), ("virtual", ClockKind.Virtual)),
    };

    public static Option<PcmFormat?> Format { get; } = new("--format", "-f")
    {
        Description = "Sample format, such as S16_LE, S24_3LE, FLOAT_LE.",
        HelpName = "F",
        CustomParser = static result =>
        {
            if (PcmFormatInfo.TryParse(result.Tokens[0].Value, out PcmFormat format))
            {
                return format;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no sample format; the formats are {PcmFormats.All}.");
            return null;
        },
    };

    public static Option<int?> Rate { get; } = Positive("--rate", "Frames per second.", "R", "-r");

    public static Option<int?> Channels { get; } = Positive("--channels", "Samples in a frame.", "C", "-c");

    public static Option<int?> PeriodFrames { get; } = Positive("--period-frames", "Frames between two wake-ups. Default: a quarter of the buffer.", "N");

    public static Option<int?> Periods { get; } = Positive("--periods", "Periods in the buffer. Default: as many as make about half a second.", "N");

    public static Option<int?> StartThreshold { get; } = Positive(
        "--start-threshold", "Frames: playback starts when so many are queued (default: a full buffer), capture when a read asks for so many.", "N");

    public static Option<TimeSpan?> Timeout { get; } = new("--timeout")
    {
        Description = "How long a transfer waits for a device that makes no progress: 500ms, 2s. Default: 1.1 times the buffer, at least 100ms.",
        HelpName = "T",
        CustomParser = static result =>
        {
            if (Sessions.Duration.TryParse(result.Tokens[0].Value, out Duration duration) && duration.Time is { } time && time > TimeSpan.Zero)
            {
                return time;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no time-out; write 500ms or 2s.");
            return null;
        },
    };

    public static Option<PcmDirection?> Stream { get; } = new("--stream")
    {
        Description = "The direction.",
        HelpName = "playback|capture",
        CustomParser = static result => Choose<PcmDirection?>(result, ("playback", PcmDirection.Playback), ("capture", PcmDirection.Capture)),
    };

    /// <summary><c>--device</c>, with the default of this build.</summary>
    public static Option<string> Device(DeviceTable devices) => new("--device", "-D")
    {
        Description = $"The device: {string.Join(", ", devices.Factories.Select(static f => f.Syntax))}. "
            + "Each takes ,fault=OP:WHAT[@N][*M][+...] to go wrong on purpose: fault=prepare:EIO@3, fault=pointer:stuck@10*, fault=period:lost.",
        HelpName = "DEV",
        Required = devices.DefaultDevice is null,
        DefaultValueFactory = _ => devices.DefaultDevice ?? "",
    };

    /// <summary><c>--duration</c>.</summary>
    public static Option<Duration?> Duration(bool isRequired) => new("--duration", "-d")
    {
        Description = "How long: 2s, 500ms, or frames: 48000f.",
        HelpName = "T",
        Required = isRequired,
        CustomParser = static result =>
        {
            if (Sessions.Duration.TryParse(result.Tokens[0].Value, out Duration value))
            {
                return value;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no duration; write 2s, 500ms, or frames: 48000f.");
            return null;
        },
    };

    /// <summary>Adds what every command that opens a stream has.</summary>
    public static void AddStreamOptions(Command command)
    {
        foreach (Option option in (Option[])[Format, Rate, Channels, PeriodFrames, Periods, StartThreshold, Timeout, Clock, Json, Verbose])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What the options ask of a stream besides its format.</summary>
    public static StreamLayout GetLayout(ParseResult parsed) => new(
        parsed.GetValue(PeriodFrames), parsed.GetValue(Periods), parsed.GetValue(StartThreshold), parsed.GetValue(Timeout));

    /// <summary>One of a few words.</summary>
    public static T? Choose<T>(ArgumentResult result, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        var words = new List<string>();
        foreach ((string word, T value) in choices)
        {
            if (word == result.Tokens[0].Value)
            {
                return value;
            }

            words.Add(word);
        }

        result.AddError($"'{result.Tokens[0].Value}' is not one of: {string.Join(", ", words)}.");
        return default;
    }

    private static Option<int?> Positive(string name, string description, string helpName, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0)
            {
                return value;
            }

            result.AddError($"{name} takes a whole number from 1 to {int.MaxValue}; '{result.Tokens[0].Value}' is none.");
            return null;
        },
    };
}
