using System.Globalization;
using System.Text.Json;

namespace Pcm.Testing.Replay;

/// <summary>The arguments of one step: names and values as the trace has them, read on demand.</summary>
/// <remarks>
/// A number is decimal, or hexadecimal after <c>0x</c>, or <c>boundary</c>, <c>buffer</c> or <c>period</c> with an optional <c>+n</c> or <c>-n</c>.
/// Thread safety: immutable.
/// </remarks>
public sealed class TraceArguments
{
    private readonly Dictionary<string, string> _values;

    internal TraceArguments(TraceLocation location, Dictionary<string, string> values)
    {
        Location = location;
        _values = values;
    }

    /// <summary>The step, for messages.</summary>
    public TraceLocation Location { get; }

    /// <summary>The names that are given, in the trace's order.</summary>
    public IReadOnlyCollection<string> Names => _values.Keys;

    /// <summary>Arguments from text, such as <c>format=m404 rate=8000:48000oO</c>, for requests that come from a person.</summary>
    /// <param name="text">Pairs <c>name=value</c> separated by blanks.</param>
    /// <param name="location">Where the text is from.</param>
    /// <exception cref="TraceFormatException">A word is no pair, or a name comes twice.</exception>
    public static TraceArguments Parse(string text, TraceLocation location)
    {
        ArgumentNullException.ThrowIfNull(text);
        var values = new Dictionary<string, string>();
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new TraceFormatException(location, $"'{word}' is no argument; expected name=value");
            }

            if (!values.TryAdd(word[..equals], word[(equals + 1)..]))
            {
                throw new TraceFormatException(location, $"'{word[..equals]}' is given twice; expected each argument once");
            }
        }

        return new TraceArguments(location, values);
    }

    /// <summary>The value of an argument as it stands; null when it is not given.</summary>
    /// <param name="name">The argument.</param>
    public string? GetText(string name) => _values.GetValueOrDefault(name);

    /// <summary>The value of an argument as a number; null when it is not given.</summary>
    /// <param name="name">The argument.</param>
    /// <param name="sizes">What the symbolic values stand for.</param>
    /// <exception cref="TraceFormatException">It is no number.</exception>
    public long? GetNumber(string name, in TraceSizes sizes) =>
        _values.TryGetValue(name, out string? text) ? ParseNumber(name, text, sizes) : null;

    internal static TraceArguments FromJson(TraceLocation location, JsonElement element)
    {
        var values = new Dictionary<string, string>();
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new TraceFormatException(location, $"'args' is {TraceJson.Describe(element)}; expected an object");
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            string value = property.Value.ValueKind switch
            {
                JsonValueKind.String => property.Value.GetString()!,
                JsonValueKind.Number => property.Value.GetRawText(),
                _ => throw new TraceFormatException(location, $"argument '{property.Name}' is {TraceJson.Describe(property.Value)}; expected a number or a string"),
            };
            if (!values.TryAdd(property.Name, value))
            {
                throw new TraceFormatException(location, $"argument '{property.Name}' is given twice; expected each argument once");
            }
        }

        return new TraceArguments(location, values);
    }

    internal long ParseNumber(string name, ReadOnlySpan<char> text, in TraceSizes sizes)
    {
        if (TryParsePlain(text, out long number))
        {
            return number;
        }

        foreach ((string symbol, long value) in (ReadOnlySpan<(string, long)>)
            [("boundary", sizes.Boundary), ("buffer", sizes.BufferFrames), ("period", sizes.PeriodFrames)])
        {
            if (!text.StartsWith(symbol, StringComparison.Ordinal))
            {
                continue;
            }

            ReadOnlySpan<char> rest = text[symbol.Length..];
            if (rest.IsEmpty)
            {
                return value;
            }

            if (rest[0] is '+' or '-' && TryParsePlain(rest[1..], out long offset) && offset >= 0)
            {
                return rest[0] == '+' ? value + offset : value - offset;
            }
        }

        throw new TraceFormatException(
            Location, $"'{text}' in {name}={_values.GetValueOrDefault(name)} is no number; expected decimal, 0x hexadecimal, or boundary, buffer or period with +n or -n");
    }

    private static bool TryParsePlain(ReadOnlySpan<char> text, out long number) => text.StartsWith("0x", StringComparison.Ordinal)
        ? long.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
