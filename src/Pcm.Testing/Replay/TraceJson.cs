using System.Text.Json;

namespace Pcm.Testing.Replay;

/// <summary>Reads members of the trace's JSON objects; what is not there or of another kind says so.</summary>
internal static class TraceJson
{
    public static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => $"the string \"{element.GetString()}\"",
        JsonValueKind.Number => $"the number {element.GetRawText()}",
        JsonValueKind.Null => "null",
        _ => element.ValueKind == JsonValueKind.True ? "true" : "false",
    };

    public static JsonElement Get(TraceLocation location, JsonElement parent, string name, JsonValueKind kind)
    {
        if (!parent.TryGetProperty(name, out JsonElement value))
        {
            throw new TraceFormatException(location, $"'{name}' is missing; expected {Expected(kind)}");
        }

        return value.ValueKind == kind
            ? value
            : throw new TraceFormatException(location, $"'{name}' is {Describe(value)}; expected {Expected(kind)}");
    }

    public static string GetString(TraceLocation location, JsonElement parent, string name) => Get(location, parent, name, JsonValueKind.String).GetString()!;

    public static long GetInt64(TraceLocation location, JsonElement parent, string name) => ToInt64(location, Get(location, parent, name, JsonValueKind.Number), name);

    /// <summary>A number that may be missing or null.</summary>
    public static long? FindInt64(TraceLocation location, JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number
            ? ToInt64(location, value, name)
            : throw new TraceFormatException(location, $"'{name}' is {Describe(value)}; expected a number or null");
    }

    public static uint GetUInt32(TraceLocation location, JsonElement parent, string name) => ToUInt32(location, Get(location, parent, name, JsonValueKind.Number), name);

    public static uint ToUInt32(TraceLocation location, JsonElement value, string name) => value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out uint number)
        ? number
        : throw new TraceFormatException(location, $"'{name}' is {Describe(value)}; expected a whole number from 0 to 4294967295");

    /// <summary>The member as it is, to be kept beyond the document; null when missing.</summary>
    public static JsonElement? Keep(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? value.Clone() : null;

    private static long ToInt64(TraceLocation location, JsonElement value, string name) => value.TryGetInt64(out long number)
        ? number
        : throw new TraceFormatException(location, $"'{name}' is {Describe(value)}; expected a whole number of 64 bits");

    private static string Expected(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        _ => "a number",
    };
}
