using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Pcm.Virtio;

/// <summary>A control element as the driver sees it (virtio 5.14.6.10).</summary>
/// <remarks>Thread safety: an immutable value; the lists and memories must not change once the device is made.</remarks>
public sealed record VirtioSoundControlOptions
{
    /// <summary>The most characters of <see cref="Name"/>.</summary>
    public const int MaxNameLength = 43;

    /// <summary>The most characters of one of the <see cref="Items"/>.</summary>
    public const int MaxItemLength = 63;

    /// <summary>Its name: 1 to <see cref="MaxNameLength"/> ASCII characters; with <see cref="Index"/> unique.</summary>
    public required string Name { get; init; }

    /// <summary>Tells elements of the same name apart.</summary>
    public uint Index { get; init; }

    /// <summary>The function group it belongs to (hda_fn_nid).</summary>
    public uint HdaFunctionNode { get; init; }

    /// <summary>What it is for.</summary>
    public VirtioSoundControlRole Role { get; init; }

    /// <summary>The direction that it acts on; counts with a <see cref="Role"/> only.</summary>
    public PcmDirection Direction { get; init; }

    /// <summary>How its values are stored.</summary>
    public required VirtioSoundControlType Type { get; init; }

    /// <summary>What the driver may do with it.</summary>
    public VirtioSoundControlAccess Access { get; init; } = VirtioSoundControlAccess.Read | VirtioSoundControlAccess.Write;

    /// <summary>How many values it has: 1 to 128 booleans, integers or items, 64 integers of 64 bit, 512 bytes, 1 IEC 958 status.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The lowest value of an integer; of 32 bits, two's complement.</summary>
    public long Minimum { get; init; }

    /// <summary>The highest value of an integer.</summary>
    public long Maximum { get; init; }

    /// <summary>The distance of two values of an integer; 0: it varies. Told, not enforced.</summary>
    public long Step { get; init; }

    /// <summary>The names of an enumeration's items: 1 to 1024 of 1 to <see cref="MaxItemLength"/> ASCII characters.</summary>
    public IReadOnlyList<string> Items { get; init; } = [];

    /// <summary>The values at first, as they lie on the wire; what is missing is 0, or the lowest of an integer.</summary>
    public ReadOnlyMemory<byte> InitialValue { get; init; }

    /// <summary>The metadata at first: header and values, or empty.</summary>
    public ReadOnlyMemory<byte> Tlv { get; init; }

    /// <summary>Carries out a metadata command: header and values, copied; needed for <see cref="VirtioSoundControlAccess.TlvCommand"/>. Context: the device's executor.</summary>
    public Func<ReadOnlyMemory<byte>, VirtioSoundStatusCode>? TlvCommand { get; init; }

    /// <summary>The description on the wire.</summary>
    internal VirtioSoundControlInfo Describe()
    {
        var info = new VirtioSoundControlInfo
        {
            HdaFunctionNode = HdaFunctionNode,
            Role = Role == VirtioSoundControlRole.Undefined ? 0 : (uint)Role | (uint)Direction,
            Type = (uint)Type,
            Access = (uint)Access,
            Count = (uint)Count,
            Index = Index,
        };
        Encoding.ASCII.GetBytes(Name, info.Name);
        switch (Type)
        {
            case VirtioSoundControlType.Integer:
                info.Integer = new VirtioSoundIntegerRange { Minimum = (uint)(int)Minimum, Maximum = (uint)(int)Maximum, Step = (uint)Step };
                break;
            case VirtioSoundControlType.Integer64:
                info.Integer64 = new VirtioSoundInteger64Range { Minimum = (ulong)Minimum, Maximum = (ulong)Maximum, Step = (ulong)Step };
                break;
            case VirtioSoundControlType.Enumerated:
                info.EnumeratedItems = (uint)Items.Count;
                break;
        }

        return info;
    }

    /// <summary>The values at first.</summary>
    internal VirtioSoundControlValue MakeValue()
    {
        var value = default(VirtioSoundControlValue);
        for (int i = 0; i < Count && Type is VirtioSoundControlType.Integer or VirtioSoundControlType.Integer64; i++)
        {
            if (Type == VirtioSoundControlType.Integer)
            {
                value.Integers[i] = (uint)(int)Minimum;
            }
            else
            {
                value.Integers64[i] = (ulong)Minimum;
            }
        }

        InitialValue.Span.CopyTo(value.Bytes);
        return value;
    }

    /// <summary>Whether these values may be set: each within its range.</summary>
    internal bool Accepts(VirtioSoundControlValue value)
    {
        for (int i = 0; i < Count; i++)
        {
            bool fits = Type switch
            {
                VirtioSoundControlType.Boolean => value.Integers[i] <= 1u,
                VirtioSoundControlType.Integer => (int)(uint)value.Integers[i] >= Minimum && (int)(uint)value.Integers[i] <= Maximum,
                VirtioSoundControlType.Integer64 => (long)(ulong)value.Integers64[i] >= Minimum && (long)(ulong)value.Integers64[i] <= Maximum,
                VirtioSoundControlType.Enumerated => value.Integers[i] < (uint)Items.Count,
                _ => true,
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }

    internal string? FindProblem()
    {
        const VirtioSoundControlAccess all = (VirtioSoundControlAccess)0x7F;
        const VirtioSoundControlAccess tlv = VirtioSoundControlAccess.TlvRead | VirtioSoundControlAccess.TlvWrite | VirtioSoundControlAccess.TlvCommand;
        int most = ControlElementLimits.MaxCount(Type);
        return !IsText(Name, MaxNameLength) ? $"'{Name}' is no name of 1 to {MaxNameLength} ASCII characters"
            : most == 0 ? $"{Type} is no type"
            : Count < 1 || Count > most ? $"it has {Count} values; 1 to {most} are possible"
            : (Access & ~all) != 0 ? $"the access {Access} is not possible"
            : Role is not (VirtioSoundControlRole.Undefined or VirtioSoundControlRole.Volume or VirtioSoundControlRole.Mute or VirtioSoundControlRole.Gain) ? $"{Role} is no role"
            : FindRangeProblem()
            ?? (InitialValue.Length > Unsafe.SizeOf<VirtioSoundControlValue>() || !Accepts(MakeValue()) ? "its initial value is not within its range"
            : !Tlv.IsEmpty && (Access & tlv) == 0 ? "it has metadata that nobody may access"
            : !Tlv.IsEmpty && !IsTlv(Tlv.Span) ? "its metadata is no header and as many bytes, a multiple of 4, as that says"
            : (Access & VirtioSoundControlAccess.TlvCommand) != 0 && TlvCommand is null ? "it takes commands that nobody carries out"
            : null);
    }

    /// <summary>Whether bytes are metadata: a header, and as many bytes behind it as it says; a multiple of 4, at most 65536.</summary>
    internal static bool IsTlv(ReadOnlySpan<byte> tlv)
    {
        int header = Unsafe.SizeOf<VirtioSoundTlvHeader>();
        if (tlv.Length < header)
        {
            return false;
        }

        uint length = MemoryMarshal.Read<VirtioSoundTlvHeader>(tlv).Length;
        return length % 4 == 0 && length <= ControlElementLimits.MaxTlvBytes && tlv.Length == header + length;
    }

    private string? FindRangeProblem()
    {
        bool isInteger = Type is VirtioSoundControlType.Integer or VirtioSoundControlType.Integer64;
        bool fits = Type != VirtioSoundControlType.Integer || (Minimum >= int.MinValue && Maximum <= int.MaxValue && Step <= int.MaxValue);
        return isInteger && (Minimum > Maximum || Step < 0 || !fits) ? $"the range {Minimum} to {Maximum}, step {Step}, is not possible"
            : Type != VirtioSoundControlType.Enumerated ? null
            : Items.Count is 0 or > ControlElementLimits.MaxItems ? $"it has {Items.Count} items; 1 to {ControlElementLimits.MaxItems} are possible"
            : Items.FirstOrDefault(static item => !IsText(item, MaxItemLength)) is { } bad ? $"'{bad}' is no item of 1 to {MaxItemLength} ASCII characters"
            : null;
    }

    private static bool IsText(string? text, int most) => text is { Length: > 0 } && text.Length <= most && Ascii.IsValid(text) && !text.Contains('\0', StringComparison.Ordinal);
}
