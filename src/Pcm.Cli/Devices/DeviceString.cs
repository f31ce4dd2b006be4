using Pcm.Testing;

namespace Pcm.Cli.Devices;

/// <summary>
/// A device as it is written on the command line: <c>NAME[:ARGUMENT][,KEY=VALUE...]</c>. A value that has commas of its own, such as a nested
/// device, stands in brackets: <c>virtio,sink=[virtio,transport=inprocess]</c>. A device without keys of its own takes everything after the colon
/// as its argument, commas included, because paths have them. Every device has the key <c>fault</c>: <c>null,fault=prepare:EIO@3</c>.
/// </summary>
/// <param name="Factory">The kind of device.</param>
/// <param name="Argument">What stands after the colon; null when there is no colon.</param>
/// <param name="Keys">The keys that were given.</param>
internal sealed record DeviceString(DeviceFactory Factory, string? Argument, IReadOnlyDictionary<string, string> Keys)
{
    /// <summary>A key that every device has: what goes wrong with it.</summary>
    public const string FaultKey = "fault";

    /// <summary>What goes wrong with the device; null: nothing.</summary>
    public PcmFaultPlan? Faults { get; } = ParseFaults(Keys);

    /// <summary>Reads a device string.</summary>
    /// <exception cref="CliException">It is none; the message says what is known instead.</exception>
    public static DeviceString Parse(string text, DeviceTable table)
    {
        int nameEnd = text.AsSpan().IndexOfAny(':', ',');
        string name = nameEnd < 0 ? text : text[..nameEnd];
        DeviceFactory factory = table.Find(name)
            ?? throw CliException.Usage($"unknown device '{name}' in '{text}'; this build knows: {string.Join(", ", table.Factories.Select(static f => f.Syntax))}");
        string rest = nameEnd < 0 ? "" : text[nameEnd..];
        string? argument = rest is [':', ..] ? TakeArgument(factory, ref rest) : null;
        CheckArgument(factory, argument, text);
        return new DeviceString(factory, argument, ParseKeys(factory, rest, text));
    }

    /// <summary>The value of a key; null when it was not given.</summary>
    public string? Key(string name) => Keys.GetValueOrDefault(name);

    private static PcmFaultPlan? ParseFaults(IReadOnlyDictionary<string, string> keys)
    {
        try
        {
            return keys.TryGetValue(FaultKey, out string? plan) ? PcmFaultPlan.Parse(plan) : null;
        }
        catch (FormatException e)
        {
            throw CliException.Usage(e.Message.TrimEnd('.'));
        }
    }

    private static string TakeArgument(DeviceFactory factory, ref string rest)
    {
        // Only what cannot be anything else ends an argument that may have commas of its own.
        int end = rest.IndexOf(factory.Keys.Count == 0 ? $",{FaultKey}=" : ",", StringComparison.Ordinal);
        string argument = end < 0 ? rest[1..] : rest[1..end];
        rest = end < 0 ? "" : rest[end..];
        return argument;
    }

    private static void CheckArgument(DeviceFactory factory, string? argument, string text)
    {
        if (argument is not null && factory.ArgumentName is null)
        {
            throw CliException.Usage($"device '{factory.Name}' takes no ':{argument}'; it is written {factory.Syntax}");
        }

        if (string.IsNullOrEmpty(argument) && (factory.IsArgumentRequired || argument is not null))
        {
            throw CliException.Usage($"device '{text}' lacks its {factory.ArgumentName}; it is written {factory.Syntax}");
        }
    }

    private static Dictionary<string, string> ParseKeys(DeviceFactory factory, string rest, string text)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        while (rest.Length > 0)
        {
            int end = EndOfItem(rest, text);
            string item = rest[1..end];
            rest = rest[end..];
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? item : item[..equals];
            if (!factory.Keys.Contains(key) && key != FaultKey)
            {
                throw CliException.Usage($"device '{factory.Name}' has no key '{key}'; its keys are: {string.Join(", ", factory.Keys.Append(FaultKey))}");
            }

            string value = equals < 0 ? "" : item[(equals + 1)..];
            value = value is ['[', .., ']'] ? value[1..^1] : value;
            if (value.Length == 0)
            {
                throw CliException.Usage($"key '{key}' in '{text}' has no value; write {key}=VALUE");
            }

            if (!keys.TryAdd(key, value))
            {
                throw CliException.Usage($"key '{key}' is given twice in '{text}'");
            }
        }

        return keys;
    }

    /// <summary>Where the item that starts with the comma at 0 ends: at the next comma outside brackets.</summary>
    private static int EndOfItem(string rest, string text)
    {
        int depth = 0;
        for (int i = 1; i < rest.Length; i++)
        {
            switch (rest[i])
            {
                case '[':
                    depth++;
                    break;
                case ']' when --depth < 0:
                    throw CliException.Usage($"device '{text}' has a ']' without its '['");
                case ',' when depth == 0:
                    return i;
            }
        }

        return depth == 0 ? rest.Length : throw CliException.Usage($"device '{text}' has a '[' without its ']'");
    }
}
