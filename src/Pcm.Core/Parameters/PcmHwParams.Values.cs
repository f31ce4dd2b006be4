namespace Pcm;

/// <content>Parameters by name and value: what an application uses.</content>
/// <remarks>
/// Setting a property replaces what was possible by that one value. Reading one gives the chosen value, the kernel's <c>params_rate()</c> and its like:
/// the lower end of what is left, which must be single (a period time between 23219 and 23220 microseconds reads 23219).
/// </remarks>
public sealed partial class PcmHwParams
{
    /// <summary>The access type.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one is left.</exception>
    public PcmAccess Access
    {
        get => (PcmAccess)Chosen(PcmHwParameter.Access);
        set => SetMask(PcmHwParameter.Access, PcmMask.Of((int)value));
    }

    /// <summary>The access types that are left. Setting replaces them.</summary>
    public PcmAccesses Accesses
    {
        get => (PcmAccesses)MaskOf(PcmHwParameter.Access).Bits;
        set => SetMask(PcmHwParameter.Access, new PcmMask((ulong)value));
    }

    /// <summary>The sample format.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one is left.</exception>
    public PcmFormat Format
    {
        get => (PcmFormat)Chosen(PcmHwParameter.Format);
        set => SetMask(PcmHwParameter.Format, PcmMask.Of((int)value));
    }

    /// <summary>The sample formats that are left. Setting replaces them.</summary>
    public PcmFormats Formats
    {
        get => new(MaskOf(PcmHwParameter.Format).Bits);
        set => SetMask(PcmHwParameter.Format, new PcmMask(value.Bits));
    }

    /// <summary>The subformat.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one is left.</exception>
    public PcmSubformat Subformat
    {
        get => (PcmSubformat)Chosen(PcmHwParameter.Subformat);
        set => SetMask(PcmHwParameter.Subformat, PcmMask.Of((int)value));
    }

    /// <summary>The subformats that are left. Setting replaces them.</summary>
    public PcmSubformats Subformats
    {
        get => (PcmSubformats)MaskOf(PcmHwParameter.Subformat).Bits;
        set => SetMask(PcmHwParameter.Subformat, new PcmMask((ulong)value));
    }

    /// <summary>Channels.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one value is left.</exception>
    public int Channels
    {
        get => (int)Chosen(PcmHwParameter.Channels);
        set => Fix(PcmHwParameter.Channels, value);
    }

    /// <summary>Frames per second, in hertz.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one value is left.</exception>
    public int Rate
    {
        get => (int)Chosen(PcmHwParameter.Rate);
        set => Fix(PcmHwParameter.Rate, value);
    }

    /// <summary>Frames between two period wake-ups.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one value is left.</exception>
    public int PeriodFrames
    {
        get => (int)Chosen(PcmHwParameter.PeriodSize);
        set => Fix(PcmHwParameter.PeriodSize, value);
    }

    /// <summary>Bytes between two period wake-ups.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one value is left.</exception>
    public int PeriodBytes
    {
        get => (int)Chosen(PcmHwParameter.PeriodBytes);
        set => Fix(PcmHwParameter.PeriodBytes, value);
    }

    /// <summary>
    /// Microseconds between two period wake-ups, rounded down when read. Few times are a whole number of frames at a given rate;
    /// a range (<see cref="SetRange"/>) or <see cref="SetPeriodTimeNear"/> is usually what is meant.
    /// </summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one value is left.</exception>
    public int PeriodMicroseconds
    {
        get => (int)Chosen(PcmHwParameter.PeriodTime);
        set => Fix(PcmHwParameter.PeriodTime, value);
    }

    /// <summary>Periods in the buffer, rounded down when read: 2 when the buffer holds two and a half.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one value is left.</exception>
    public int Periods
    {
        get => (int)Chosen(PcmHwParameter.Periods);
        set => Fix(PcmHwParameter.Periods, value);
    }

    /// <summary>Frames in the buffer.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one value is left.</exception>
    public int BufferFrames
    {
        get => (int)Chosen(PcmHwParameter.BufferSize);
        set => Fix(PcmHwParameter.BufferSize, value);
    }

    /// <summary>Bytes in the buffer.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one value is left.</exception>
    public int BufferBytes
    {
        get => (int)Chosen(PcmHwParameter.BufferBytes);
        set => Fix(PcmHwParameter.BufferBytes, value);
    }

    /// <summary>Microseconds in the buffer, rounded down when read. A range or <see cref="SetBufferTimeNear"/> is usually what is meant.</summary>
    /// <exception cref="InvalidOperationException">Reading: not exactly one value is left.</exception>
    public int BufferMicroseconds
    {
        get => (int)Chosen(PcmHwParameter.BufferTime);
        set => Fix(PcmHwParameter.BufferTime, value);
    }

    /// <summary>Bits a sample takes in memory.</summary>
    /// <exception cref="InvalidOperationException">Not exactly one value is left.</exception>
    public int SampleBits => (int)Chosen(PcmHwParameter.SampleBits);

    /// <summary>Bits a frame takes in memory.</summary>
    /// <exception cref="InvalidOperationException">Not exactly one value is left.</exception>
    public int FrameBits => (int)Chosen(PcmHwParameter.FrameBits);

    /// <summary>Replaces what was possible of a parameter by a range.</summary>
    /// <param name="parameter">An interval parameter.</param>
    /// <param name="min">Least value allowed.</param>
    /// <param name="max">Greatest value allowed; below <paramref name="min"/> makes every refinement fail.</param>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public void SetRange(PcmHwParameter parameter, uint min, uint max) => SetInterval(parameter, PcmInterval.Closed(min, max));

    /// <summary>The chosen value of a parameter, as the properties read it.</summary>
    /// <param name="parameter">Any parameter; a mask's value is the number of the choice.</param>
    /// <param name="value">The value, or 0.</param>
    /// <returns>False when not exactly one value is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such parameter.</exception>
    public bool TryGet(PcmHwParameter parameter, out uint value)
    {
        if (IsMask(parameter))
        {
            ref PcmMask mask = ref MaskOf(parameter);
            value = (uint)mask.Lowest;
            return mask.IsSingle && !mask.IsEmpty;
        }

        ref PcmInterval interval = ref IntervalOf(parameter);
        bool single = interval.IsSingle && !interval.IsEmpty;
        value = single ? interval.Min : 0;
        return single;
    }

    private uint Chosen(PcmHwParameter parameter)
    {
        if (!TryGet(parameter, out uint value))
        {
            string left = IsMask(parameter) ? $"0x{MaskOf(parameter)}" : IntervalOf(parameter).ToString();
            throw new InvalidOperationException($"{parameter} is not chosen yet: {left} is left.");
        }

        return value <= int.MaxValue
            ? value
            : throw new InvalidOperationException($"{parameter} is {value}, more than an int can hold; GetInterval has it.");
    }

    private void Fix(PcmHwParameter parameter, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        SetInterval(parameter, PcmInterval.Of((uint)value));
    }
}
