using System.Globalization;

namespace Pcm.Testing.Replay;

/// <summary>What an operation answered: its result and what it wrote back.</summary>
internal sealed class TraceAnswer(long result)
{
    private readonly Dictionary<string, string> _fields = [];

    public long Result { get; } = result;

    /// <summary>The caller's structure after hw_refine or hw_params; null for other operations.</summary>
    public PcmHwParams? HwParams { get; init; }

    /// <summary>That structure as it was given.</summary>
    public PcmHwParams? HwParamsRequest { get; init; }

    /// <summary>The values depend on how long the stream has run.</summary>
    public bool IsTimeDependent { get; init; }

    public string? Find(string field) => _fields.GetValueOrDefault(field);

    public TraceAnswer With(string field, long value)
    {
        _fields[field] = value.ToString(CultureInfo.InvariantCulture);
        return this;
    }

    public TraceAnswer With(string field, ulong value) => With(field, value.ToString(CultureInfo.InvariantCulture));

    public TraceAnswer With(string field, string value)
    {
        _fields[field] = value;
        return this;
    }
}
