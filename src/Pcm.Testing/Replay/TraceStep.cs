using System.Text.Json;

namespace Pcm.Testing.Replay;

/// <summary>One operation of a trace, and what the kernel answered.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record TraceStep
{
    /// <summary>Where the step stands in the file.</summary>
    public required TraceLocation Location { get; init; }

    /// <summary>The stream handle, from 0.</summary>
    public required int Handle { get; init; }

    /// <summary>The operation, such as <c>hw_params</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>The operation's arguments.</summary>
    public required TraceArguments Arguments { get; init; }

    /// <summary>0, a positive result, or a negative errno.</summary>
    public required long Result { get; init; }

    /// <summary>The state after the operation; null when the handle is not open or the device is gone.</summary>
    public PcmState? State { get; init; }

    /// <summary>The application's position after the operation, in frames.</summary>
    public long? ApplicationFrame { get; init; }

    /// <summary>The hardware's position after the operation, in frames.</summary>
    public long? HardwareFrame { get; init; }

    /// <summary>Frames available after the operation.</summary>
    public long? AvailableFrames { get; init; }

    /// <summary>Whether the positions depend on time.</summary>
    public bool IsTimed { get; init; }

    /// <summary>The state a suspended stream would resume to.</summary>
    public PcmState? SuspendedState { get; init; }

    /// <summary>What the operation wrote back; its members depend on the operation.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>States of the other open handles, by handle.</summary>
    public JsonElement? Others { get; init; }

    /// <summary>Virtual microseconds spent inside the operation, when more than 5 ms.</summary>
    public long BlockedMicroseconds { get; init; }

    /// <summary>Virtual microseconds since the sequence began, at the end of the step.</summary>
    public required long TimeMicroseconds { get; init; }

    internal static TraceStep Parse(TraceLocation location, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new TraceFormatException(location, $"a step is {TraceJson.Describe(element)}; expected an object");
        }

        return new TraceStep
        {
            Location = location,
            Handle = ParseHandle(location, element),
            Operation = TraceJson.GetString(location, element, "op"),
            Arguments = element.TryGetProperty("args", out JsonElement arguments)
                ? TraceArguments.FromJson(location, arguments)
                : new TraceArguments(location, []),
            Result = TraceJson.GetInt64(location, element, "ret"),
            State = ParseState(location, element, "state"),
            ApplicationFrame = TraceJson.FindInt64(location, element, "appl_ptr"),
            HardwareFrame = TraceJson.FindInt64(location, element, "hw_ptr"),
            AvailableFrames = TraceJson.FindInt64(location, element, "avail"),
            IsTimed = element.TryGetProperty("timed", out JsonElement timed) && timed.ValueKind == JsonValueKind.True,
            SuspendedState = ParseState(location, element, "suspended_state"),
            Output = TraceJson.Keep(element, "out"),
            Others = TraceJson.Keep(element, "others"),
            BlockedMicroseconds = TraceJson.FindInt64(location, element, "blocked_us") ?? 0,
            TimeMicroseconds = TraceJson.GetInt64(location, element, "t_us"),
        };
    }

    private static int ParseHandle(TraceLocation location, JsonElement element)
    {
        long handle = TraceJson.FindInt64(location, element, "h") ?? 0;
        return handle is >= 0 and <= byte.MaxValue
            ? (int)handle
            : throw new TraceFormatException(location, $"'h' is {handle}; expected a handle from 0 to 255");
    }

    private static PcmState? ParseState(TraceLocation location, JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        foreach (PcmState state in Enum.GetValues<PcmState>())
        {
            // The kernel's words differ from the enum's in case only.
            if (value.ValueKind == JsonValueKind.String && state.ToString().Equals(value.GetString(), StringComparison.OrdinalIgnoreCase))
            {
                return state;
            }
        }

        throw new TraceFormatException(location, $"'{name}' is {TraceJson.Describe(value)}; expected a state such as \"OPEN\" or \"RUNNING\", or null");
    }
}
