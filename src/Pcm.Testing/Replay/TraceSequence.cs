using System.Text.Json;

namespace Pcm.Testing.Replay;

/// <summary>One sequence of operations on one card: a line of a trace file.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record TraceSequence
{
    /// <summary>The line in the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The sequence's name.</summary>
    public required string Id { get; init; }

    /// <summary>The kernel that answered.</summary>
    public required string Kernel { get; init; }

    /// <summary>The card's name in the traces, such as <c>dummy</c>.</summary>
    public required string Card { get; init; }

    /// <summary>The direction of handle 0.</summary>
    public required PcmDirection Direction { get; init; }

    /// <summary>The first successful hw_params and sw_params of the sequence, by name; empty when there was none.</summary>
    public required IReadOnlyDictionary<string, long> Configuration { get; init; }

    /// <summary>The operations in order.</summary>
    public required IReadOnlyList<TraceStep> Steps { get; init; }

    /// <summary>Reads one line.</summary>
    /// <param name="json">The line.</param>
    /// <param name="line">Its number, from 1.</param>
    /// <param name="file">The file's name, for messages; may be null.</param>
    /// <exception cref="TraceFormatException">The line is no sequence.</exception>
    public static TraceSequence Parse(string json, int line, string? file = null)
    {
        var location = new TraceLocation(line, File: file);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Parse(location, document.RootElement);
        }
        catch (JsonException error)
        {
            throw new TraceFormatException(location, $"this is no JSON (byte {error.BytePositionInLine}); expected one object per line", error);
        }
    }

    private static TraceSequence Parse(TraceLocation location, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new TraceFormatException(location, $"the line is {TraceJson.Describe(root)}; expected an object");
        }

        string stream = TraceJson.GetString(location, root, "stream");
        var configuration = new Dictionary<string, long>();
        JsonElement config = TraceJson.Get(location, root, "config", JsonValueKind.Object);
        foreach (JsonProperty property in config.EnumerateObject())
        {
            configuration[property.Name] = TraceJson.GetInt64(location, config, property.Name);
        }

        var steps = new List<TraceStep>();
        foreach (JsonElement step in TraceJson.Get(location, root, "steps", JsonValueKind.Array).EnumerateArray())
        {
            steps.Add(TraceStep.Parse(location with { Step = steps.Count }, step));
        }

        return new TraceSequence
        {
            Line = location.Line,
            Id = TraceJson.GetString(location, root, "id"),
            Kernel = TraceJson.GetString(location, root, "kernel"),
            Card = TraceJson.GetString(location, root, "card"),
            Direction = stream switch
            {
                "playback" => PcmDirection.Playback,
                "capture" => PcmDirection.Capture,
                _ => throw new TraceFormatException(location, $"'stream' is \"{stream}\"; expected \"playback\" or \"capture\""),
            },
            Configuration = configuration,
            Steps = steps,
        };
    }
}
