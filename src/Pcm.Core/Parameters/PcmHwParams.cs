using System.Globalization;
using System.Text;

namespace Pcm;

/// <summary>
/// A configuration space of a stream (the kernel's <c>snd_pcm_hw_params</c>): what is still possible, narrowed by refining until every parameter is chosen.
/// </summary>
/// <remarks>
/// A new instance leaves everything open. Set what is wanted, then hand it to a stream, or narrow it step by step with the verbs that take an <see cref="IPcmRefiner"/>.
/// Refining in place leaves an undefined mixture behind when it fails; who needs the old contents keeps a copy (<see cref="CopyFrom"/>).
/// Thread safety: one thread at a time.
/// </remarks>
public sealed partial class PcmHwParams
{
    internal const int FirstInterval = (int)PcmHwParameter.SampleBits;
    internal const int ParameterCount = (int)PcmHwParameter.TickTime + 1;
    internal const int MaskCount = (int)PcmHwParameter.Subformat + 1;

    private readonly PcmMask[] _masks = new PcmMask[MaskCount];
    private readonly PcmInterval[] _intervals = new PcmInterval[ParameterCount - FirstInterval];

    /// <summary>Creates a configuration space in which everything is open.</summary>
    public PcmHwParams() => Any();

    /// <summary>What the application asks for besides parameters; refining leaves it alone.</summary>
    public PcmHwFlags Flags { get; set; }

    /// <summary>The kernel's rmask: bit n set means <see cref="PcmHwParameter"/> n is to be refined. 0 after a refinement.</summary>
    public uint Requested { get; set; }

    /// <summary>The kernel's cmask: bit n set means <see cref="PcmHwParameter"/> n was narrowed. Bits are only ever added.</summary>
    public uint Changed { get; set; }

    /// <summary>The device's capabilities, filled in by the device; all bits before.</summary>
    public PcmInfo Info { get; set; }

    /// <summary>Significant bits of a sample; 0 until known.</summary>
    public uint MsBits { get; set; }

    /// <summary>Numerator of the exact rate; 0 until the rate is chosen.</summary>
    public uint RateNumerator { get; set; }

    /// <summary>Denominator of the exact rate; 0 until the rate is chosen.</summary>
    public uint RateDenominator { get; set; }

    /// <summary>Size of the device's FIFO in frames; 0 when unknown.</summary>
    public uint FifoFrames { get; set; }

    /// <summary>Opens everything again: masks all ones, intervals [0, 2^32-1], everything requested, nothing known.</summary>
    public void Any()
    {
        Array.Fill(_masks, PcmMask.All);
        Array.Fill(_intervals, PcmInterval.Any);
        Requested = uint.MaxValue;
        Info = (PcmInfo)uint.MaxValue;
        Flags = PcmHwFlags.None;
        Changed = 0;
        MsBits = 0;
        RateNumerator = 0;
        RateDenominator = 0;
        FifoFrames = 0;
    }

    /// <summary>Makes this a copy of <paramref name="source"/>. Allocates nothing.</summary>
    /// <param name="source">What to copy.</param>
    public void CopyFrom(PcmHwParams source)
    {
        ArgumentNullException.ThrowIfNull(source);
        source._masks.CopyTo(_masks, 0);
        source._intervals.CopyTo(_intervals, 0);
        Flags = source.Flags;
        Requested = source.Requested;
        Changed = source.Changed;
        Info = source.Info;
        MsBits = source.MsBits;
        RateNumerator = source.RateNumerator;
        RateDenominator = source.RateDenominator;
        FifoFrames = source.FifoFrames;
    }

    /// <summary>A copy of this.</summary>
    public PcmHwParams Clone()
    {
        var copy = new PcmHwParams();
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Whether <paramref name="other"/> is the same in every field.</summary>
    /// <param name="other">What to compare with.</param>
    public bool HasSameContents(PcmHwParams other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _masks.AsSpan().SequenceEqual(other._masks)
            && _intervals.AsSpan().SequenceEqual(other._intervals)
            && (Flags, Requested, Changed, Info) == (other.Flags, other.Requested, other.Changed, other.Info)
            && (MsBits, RateNumerator, RateDenominator, FifoFrames) == (other.MsBits, other.RateNumerator, other.RateDenominator, other.FifoFrames);
    }

    /// <summary>The mask of a parameter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no mask.</exception>
    public PcmMask GetMask(PcmHwParameter parameter) => MaskOf(parameter);

    /// <summary>Replaces the mask of a parameter and requests its refinement.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no mask.</exception>
    public void SetMask(PcmHwParameter parameter, in PcmMask mask)
    {
        MaskOf(parameter) = mask;
        Requested |= Bit(parameter);
    }

    /// <summary>The interval of a parameter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public PcmInterval GetInterval(PcmHwParameter parameter) => IntervalOf(parameter);

    /// <summary>Replaces the interval of a parameter and requests its refinement.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public void SetInterval(PcmHwParameter parameter, in PcmInterval interval)
    {
        IntervalOf(parameter) = interval;
        Requested |= Bit(parameter);
    }

    /// <summary>For rules of a backend: narrows a parameter's mask to <paramref name="mask"/>.</summary>
    /// <returns>1 when that changed it, 0 when not, -EINVAL when nothing is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no mask.</exception>
    public int Refine(PcmHwParameter parameter, in PcmMask mask) => MaskOf(parameter).Refine(mask);

    /// <summary>For rules of a backend: narrows a parameter's interval to <paramref name="interval"/>.</summary>
    /// <returns>1 when that changed it, 0 when not, -EINVAL when nothing is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public int Refine(PcmHwParameter parameter, in PcmInterval interval) => IntervalOf(parameter).Refine(interval);

    /// <summary>Everything that is left, one parameter after another, for a person.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Access {Accesses}; Format {Formats}; Subformat {Subformats}");
        for (PcmHwParameter parameter = PcmHwParameter.SampleBits; parameter <= PcmHwParameter.TickTime; parameter++)
        {
            text.Append(CultureInfo.InvariantCulture, $"; {parameter} {IntervalOf(parameter)}");
        }

        return text.ToString();
    }

    internal static bool IsMask(PcmHwParameter parameter) => (uint)parameter < MaskCount;

    internal static bool IsInterval(PcmHwParameter parameter) => parameter is >= PcmHwParameter.SampleBits and <= PcmHwParameter.TickTime;

    internal static uint Bit(PcmHwParameter parameter) => 1u << (int)parameter;

    internal ref PcmMask MaskOf(PcmHwParameter parameter)
    {
        if (!IsMask(parameter))
        {
            ThrowWrongKind(parameter, "mask");
        }

        return ref _masks[(int)parameter];
    }

    internal ref PcmInterval IntervalOf(PcmHwParameter parameter)
    {
        if (!IsInterval(parameter))
        {
            ThrowWrongKind(parameter, "interval");
        }

        return ref _intervals[(int)parameter - FirstInterval];
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    internal static void ThrowWrongKind(PcmHwParameter parameter, string kind) =>
        throw new ArgumentOutOfRangeException(nameof(parameter), parameter, $"This parameter is no {kind}.");
}
