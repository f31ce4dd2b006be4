namespace Pcm;

/// <content>Narrowing one parameter at a time with a device's help (alsa-lib's min, max, first, last and near).</content>
/// <remarks>Every verb leaves this instance as it was when it fails. They allocate copies: they are for configuring, not for the hot path.</remarks>
public sealed partial class PcmHwParams
{
    private const long HalfStepsMax = 2L * uint.MaxValue;

    /// <summary>Allows only values not below <paramref name="bound"/>, and refines.</summary>
    /// <param name="refiner">The device.</param>
    /// <param name="parameter">An interval parameter.</param>
    /// <param name="bound">The least value allowed.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when the device has none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public PcmError SetMin(IPcmRefiner refiner, PcmHwParameter parameter, PcmBound bound)
    {
        long from = Math.Max(bound.HalfSteps, 0);
        PcmHwParams before = Clone();
        var range = new PcmInterval { Min = (uint)(from / 2), OpenMin = (from & 1) != 0, Max = uint.MaxValue };
        return Commit(refiner, parameter, IntervalOf(parameter).Refine(range), before);
    }

    /// <summary>Allows only values not above <paramref name="bound"/>, and refines.</summary>
    /// <param name="refiner">The device.</param>
    /// <param name="parameter">An interval parameter.</param>
    /// <param name="bound">The greatest value allowed.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when the device has none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public PcmError SetMax(IPcmRefiner refiner, PcmHwParameter parameter, PcmBound bound) => SetMax(refiner, parameter, bound.HalfSteps);

    /// <summary>Chooses the least value left (of a mask: the lowest number), and refines.</summary>
    /// <param name="refiner">The device.</param>
    /// <param name="parameter">Any parameter.</param>
    /// <param name="chosen">What was chosen.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when the device cannot have that value.</returns>
    public PcmError SetFirst(IPcmRefiner refiner, PcmHwParameter parameter, out PcmBound chosen) =>
        SetEnd(refiner, parameter, last: false, out chosen);

    /// <summary>Chooses the greatest value left (of a mask: the highest number), and refines.</summary>
    /// <param name="refiner">The device.</param>
    /// <param name="parameter">Any parameter.</param>
    /// <param name="chosen">What was chosen.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when the device cannot have that value.</returns>
    public PcmError SetLast(IPcmRefiner refiner, PcmHwParameter parameter, out PcmBound chosen) =>
        SetEnd(refiner, parameter, last: true, out chosen);

    /// <summary>
    /// Chooses the value nearest to <paramref name="wanted"/> that the device can have: the exact one if there is, else the nearer of the
    /// best below and the best above, the one above when they are equally near.
    /// </summary>
    /// <remarks>Unlike alsa-lib's, a single value above does not win over a nearer one below.</remarks>
    /// <param name="refiner">The device.</param>
    /// <param name="parameter">An interval parameter.</param>
    /// <param name="wanted">The value wanted.</param>
    /// <param name="chosen">What was chosen.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when the device can have no value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public PcmError SetNear(IPcmRefiner refiner, PcmHwParameter parameter, PcmBound wanted, out PcmBound chosen)
    {
        PcmHwParams above = Clone();
        PcmHwParams below = Clone();
        PcmError aboveError = above.SetMin(refiner, parameter, wanted);
        long aboveDistance = aboveError == PcmError.None ? Lower(above.IntervalOf(parameter)) - wanted.HalfSteps : long.MaxValue;
        long belowDistance = long.MaxValue;
        PcmError belowError = PcmError.None;
        if (aboveDistance > 0)
        {
            belowError = below.SetMax(refiner, parameter, wanted.HalfSteps - 1);
            belowDistance = belowError == PcmError.None ? wanted.HalfSteps - Upper(below.IntervalOf(parameter)) : long.MaxValue;
        }

        if (aboveDistance == long.MaxValue && belowDistance == long.MaxValue)
        {
            chosen = default;
            return belowError;
        }

        bool takeBelow = belowDistance < aboveDistance;
        PcmHwParams best = takeBelow ? below : above;
        PcmError error = takeBelow ? best.SetLast(refiner, parameter, out chosen) : best.SetFirst(refiner, parameter, out chosen);
        if (error == PcmError.None)
        {
            CopyFrom(best);
        }

        return error;
    }

    /// <summary><see cref="SetNear"/> of the rate.</summary>
    /// <param name="refiner">The device.</param>
    /// <param name="wantedHz">Hertz wanted.</param>
    /// <param name="chosenHz">Hertz chosen, rounded down.</param>
    public PcmError SetRateNear(IPcmRefiner refiner, int wantedHz, out int chosenHz) =>
        Near(refiner, PcmHwParameter.Rate, wantedHz, out chosenHz);

    /// <summary><see cref="SetNear"/> of the period in frames.</summary>
    /// <param name="refiner">The device.</param>
    /// <param name="wantedFrames">Frames wanted.</param>
    /// <param name="chosenFrames">Frames chosen.</param>
    public PcmError SetPeriodFramesNear(IPcmRefiner refiner, int wantedFrames, out int chosenFrames) =>
        Near(refiner, PcmHwParameter.PeriodSize, wantedFrames, out chosenFrames);

    /// <summary><see cref="SetNear"/> of the period in microseconds.</summary>
    /// <param name="refiner">The device.</param>
    /// <param name="wantedMicroseconds">Microseconds wanted.</param>
    /// <param name="chosenMicroseconds">Microseconds chosen, rounded down.</param>
    public PcmError SetPeriodTimeNear(IPcmRefiner refiner, int wantedMicroseconds, out int chosenMicroseconds) =>
        Near(refiner, PcmHwParameter.PeriodTime, wantedMicroseconds, out chosenMicroseconds);

    /// <summary><see cref="SetNear"/> of the buffer in frames.</summary>
    /// <param name="refiner">The device.</param>
    /// <param name="wantedFrames">Frames wanted.</param>
    /// <param name="chosenFrames">Frames chosen.</param>
    public PcmError SetBufferFramesNear(IPcmRefiner refiner, int wantedFrames, out int chosenFrames) =>
        Near(refiner, PcmHwParameter.BufferSize, wantedFrames, out chosenFrames);

    /// <summary><see cref="SetNear"/> of the buffer in microseconds.</summary>
    /// <param name="refiner">The device.</param>
    /// <param name="wantedMicroseconds">Microseconds wanted.</param>
    /// <param name="chosenMicroseconds">Microseconds chosen, rounded down.</param>
    public PcmError SetBufferTimeNear(IPcmRefiner refiner, int wantedMicroseconds, out int chosenMicroseconds) =>
        Near(refiner, PcmHwParameter.BufferTime, wantedMicroseconds, out chosenMicroseconds);

    private static long Lower(in PcmInterval interval) => (2L * interval.Min) + (interval.OpenMin ? 1 : 0);

    private static long Upper(in PcmInterval interval) => (2L * interval.Max) - (interval.OpenMax ? 1 : 0);

    private PcmError SetMax(IPcmRefiner refiner, PcmHwParameter parameter, long halfSteps)
    {
        long to = Math.Min(halfSteps, HalfStepsMax);
        PcmHwParams before = Clone();
        ref PcmInterval interval = ref IntervalOf(parameter);
        int changed = to < 0
            ? interval.MarkEmpty()
            : interval.Refine(new PcmInterval { Max = (uint)((to + 1) / 2), OpenMax = (to & 1) != 0 });
        return Commit(refiner, parameter, changed, before);
    }

    private PcmError Near(IPcmRefiner refiner, PcmHwParameter parameter, int wanted, out int chosen)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wanted);
        PcmError error = SetNear(refiner, parameter, new PcmBound((uint)wanted), out PcmBound bound);
        chosen = (int)Math.Min(bound.Value, int.MaxValue);
        return error;
    }

    private PcmError SetEnd(IPcmRefiner refiner, PcmHwParameter parameter, bool last, out PcmBound chosen)
    {
        chosen = default;
        PcmHwParams before = Clone();

        // What is still requested has not been narrowed to the device: its ends are not the device's.
        PcmError error = Commit(refiner, parameter, PcmRefinement.Unchanged, before);
        if (error == PcmError.None)
        {
            error = Commit(refiner, parameter, NarrowToEnd(parameter, last), before);
        }

        if (error != PcmError.None)
        {
            return error;
        }

        if (!TryGet(parameter, out uint value))
        {
            CopyFrom(before);
            return PcmError.InvalidArgument;
        }

        chosen = IsMask(parameter) ? new PcmBound(value) : PcmBound.FromHalfSteps(Lower(IntervalOf(parameter)));
        return PcmError.None;
    }

    private int NarrowToEnd(PcmHwParameter parameter, bool last)
    {
        if (IsMask(parameter))
        {
            ref PcmMask mask = ref MaskOf(parameter);
            return last ? mask.RefineLast() : mask.RefineFirst();
        }

        ref PcmInterval interval = ref IntervalOf(parameter);
        return last ? interval.RefineLast() : interval.RefineFirst();
    }

    /// <summary>Refines after a parameter was narrowed; puts everything back when that fails.</summary>
    private PcmError Commit(IPcmRefiner refiner, PcmHwParameter parameter, int changed, PcmHwParams before)
    {
        ArgumentNullException.ThrowIfNull(refiner);
        if (changed > 0)
        {
            Requested |= Bit(parameter);
            Changed |= Bit(parameter);
        }

        if (changed >= 0 && Requested != 0)
        {
            changed = (int)refiner.Refine(this);
        }

        if (changed >= 0)
        {
            return PcmError.None;
        }

        CopyFrom(before);
        return (PcmError)changed;
    }
}
