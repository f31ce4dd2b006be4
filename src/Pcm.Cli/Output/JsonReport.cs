using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pcm.Cli.Sessions;

namespace Pcm.Cli.Output;

/// <summary>The JSON of <c>--json</c>: one object in one line.</summary>
internal static class JsonReport
{
    // Paths are for people: only what JSON must escape is escaped.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object whose members <paramref name="write"/> writes.</summary>
    public static string Of(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, s_options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>What a session did.</summary>
    public static string OfStream(string command, string file, string device, StreamReport report) => Of(json =>
    {
        json.WriteString("command", command);
        json.WriteString("file", file);
        json.WriteString("device", device);
        json.WriteString("format", report.Format.Format.AlsaName());
        json.WriteNumber("channels", report.Format.Channels);
        json.WriteNumber("rate", report.Format.Rate);
        json.WriteNumber("periodFrames", report.PeriodFrames);
        json.WriteNumber("bufferFrames", report.BufferFrames);
        json.WriteNumber("frames", report.Frames);
        json.WriteNumber("xruns", report.XRuns);
        json.WriteNumber("maxDelayFrames", report.MaxDelayFrames);
        json.WriteString("state", report.State.ToString());
        if (report.Note is not null)
        {
            json.WriteString("note", report.Note);
        }
    });

    /// <summary>Why a command failed.</summary>
    public static string OfError(string command, string message, string? operation, PcmError error) => Of(json =>
    {
        json.WriteString("command", command);
        json.WriteStartObject("error");
        json.WriteString("message", message);
        if (operation is not null)
        {
            json.WriteString("operation", operation);
            json.WriteString("errno", error.ErrnoName());
        }

        json.WriteEndObject();
    });
}
