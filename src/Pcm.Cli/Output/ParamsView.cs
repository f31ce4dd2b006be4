using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Pcm.Cli.Output;

/// <summary>The output of <c>pcm params</c>: a configuration space as <c>aplay --dump-hw-params</c> shows it.</summary>
internal static class ParamsView
{
    private static readonly (PcmHwParameter Parameter, string Label, string JsonName)[] s_intervals =
    [
        (PcmHwParameter.SampleBits, "SAMPLE_BITS", "sampleBits"),
        (PcmHwParameter.FrameBits, "FRAME_BITS", "frameBits"),
        (PcmHwParameter.Channels, "CHANNELS", "channels"),
        (PcmHwParameter.Rate, "RATE", "rate"),
        (PcmHwParameter.PeriodTime, "PERIOD_TIME", "periodMicroseconds"),
        (PcmHwParameter.PeriodSize, "PERIOD_SIZE", "periodFrames"),
        (PcmHwParameter.PeriodBytes, "PERIOD_BYTES", "periodBytes"),
        (PcmHwParameter.Periods, "PERIODS", "periods"),
        (PcmHwParameter.BufferTime, "BUFFER_TIME", "bufferMicroseconds"),
        (PcmHwParameter.BufferSize, "BUFFER_SIZE", "bufferFrames"),
        (PcmHwParameter.BufferBytes, "BUFFER_BYTES", "bufferBytes"),
    ];

    public static void Write(CommandContext context, string device, PcmDirection direction, PcmHwParams space)
    {
        string stream = direction == PcmDirection.Playback ? "playback" : "capture";
        TextWriter output = context.Environment.Output;
        if (context.IsJson)
        {
            output.WriteLine(JsonReport.Of(json => WriteJson(json, device, stream, space)));
        }
        else if (context.Environment.IsInteractive)
        {
            WriteTable(Terminal.Create(context.Environment), device, stream, space);
        }
        else
        {
            output.WriteLine($"HW Params of device \"{device}\", {stream}:");
            foreach ((string label, string value) in Rows(space))
            {
                output.WriteLine($"{label}: {value}");
            }
        }
    }

    private static IEnumerable<(string Label, string Value)> Rows(PcmHwParams space)
    {
        yield return ("ACCESS", string.Join(' ', Accesses(space)));
        yield return ("FORMAT", space.Formats.ToString());
        foreach ((PcmHwParameter parameter, string label, _) in s_intervals)
        {
            yield return (label, Text(space.GetInterval(parameter)));
        }
    }

    /// <summary>alsa-lib's writing: a single value bare, brackets for ends that belong to it, parentheses for ends that do not.</summary>
    private static string Text(PcmInterval interval) => interval.IsSingle
        ? interval.Value.ToString(CultureInfo.InvariantCulture)
        : string.Create(
            CultureInfo.InvariantCulture, $"{(interval.OpenMin ? '(' : '[')}{interval.Min} {interval.Max}{(interval.OpenMax ? ')' : ']')}");

    private static IEnumerable<string> Accesses(PcmHwParams space)
    {
        foreach ((PcmAccesses access, string name) in (IEnumerable<(PcmAccesses, string)>)
            [
                (PcmAccesses.MmapInterleaved, "MMAP_INTERLEAVED"),
                (PcmAccesses.MmapNonInterleaved, "MMAP_NONINTERLEAVED"),
                (PcmAccesses.MmapComplex, "MMAP_COMPLEX"),
                (PcmAccesses.ReadWriteInterleaved, "RW_INTERLEAVED"),
                (PcmAccesses.ReadWriteNonInterleaved, "RW_NONINTERLEAVED"),
            ])
        {
            if (space.Accesses.HasFlag(access))
            {
                yield return name;
            }
        }
    }

    private static void WriteJson(Utf8JsonWriter json, string device, string stream, PcmHwParams space)
    {
        json.WriteString("device", device);
        json.WriteString("stream", stream);
        WriteNames(json, "access", Accesses(space));
        WriteNames(json, "formats", space.Formats.ToString().Split(' '));
        foreach ((PcmHwParameter parameter, _, string name) in s_intervals)
        {
            PcmInterval interval = space.GetInterval(parameter);
            json.WriteStartObject(name);
            json.WriteNumber("min", interval.Min);
            json.WriteNumber("max", interval.Max);
            if (interval.OpenMin || interval.OpenMax)
            {
                json.WriteBoolean("minExcluded", interval.OpenMin);
                json.WriteBoolean("maxExcluded", interval.OpenMax);
            }

            json.WriteEndObject();
        }
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteTable(IAnsiConsole console, string device, string stream, PcmHwParams space)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("Parameter", $"{device}, {stream}".EscapeMarkup());
        foreach ((string label, string value) in Rows(space))
        {
            table.AddRow(label, value.EscapeMarkup());
        }

        console.Write(table);
    }
}
