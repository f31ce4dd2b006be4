using CsCheck;

namespace Pcm.Core.Tests.Parameters;

/// <summary>What must hold of every request on every card of the traces, possible or not.</summary>
public class PcmConstraintsPropertyTests
{
    private const long Iterations = 5_000;

    private static readonly TraceCard[] s_cards =
        [.. ((string[])["dummy", "Demu", "Drme", "Dice", "Duda", "Dac97", "Dca", "aloop", "virtio"]).Select(name => TraceCard.Open(name, PcmDirection.Playback))];

    /// <summary>The parameters and a value that is large for each.</summary>
    private static readonly (PcmHwParameter Parameter, uint Large)[] s_intervals =
    [
        (PcmHwParameter.SampleBits, 40), (PcmHwParameter.FrameBits, 140), (PcmHwParameter.Channels, 12), (PcmHwParameter.Rate, 100_000),
        (PcmHwParameter.PeriodTime, 200_000), (PcmHwParameter.PeriodSize, 10_000), (PcmHwParameter.PeriodBytes, 70_000), (PcmHwParameter.Periods, 40),
        (PcmHwParameter.BufferTime, 800_000), (PcmHwParameter.BufferSize, 40_000), (PcmHwParameter.BufferBytes, 100_000), (PcmHwParameter.TickTime, 10),
    ];

    private static readonly Gen<(PcmHwParameter Parameter, PcmInterval Interval)> s_wish = Gen.Select(
        Gen.Int[0, s_intervals.Length - 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[0, 7]).Select((index, a, b, flags) =>
    {
        (PcmHwParameter parameter, uint large) = s_intervals[index];
        uint min = 1 + (uint)(Math.Min(a, b) * large);
        uint max = 1 + (uint)(Math.Max(a, b) * large);
        return (parameter, new PcmInterval { Min = min, Max = max, OpenMin = (flags & 1) != 0, OpenMax = (flags & 2) != 0, IsInteger = (flags & 4) != 0 });
    });

    private static readonly Gen<(TraceCard Card, PcmHwParams Request)> s_request = Gen.Select(
        Gen.Int[0, s_cards.Length - 1].Select(index => s_cards[index]), s_wish.Array[0, 4], Gen.ULong, Gen.Bool).Select((card, wishes, formats, restrictFormats) =>
    {
        var request = new PcmHwParams();
        foreach ((PcmHwParameter parameter, PcmInterval interval) in wishes)
        {
            request.SetInterval(parameter, interval);
        }

        if (restrictFormats)
        {
            request.SetMask(PcmHwParameter.Format, new PcmMask(formats));
        }

        return (card, request);
    });

    [Fact]
    public void Refine_AnyRequest_OnlyNarrows() => Sample((card, request) =>
    {
        PcmHwParams refined = request.Clone();
        if (card.HwRefine(refined) == PcmError.None)
        {
            AssertNarrower(refined, request);
            Assert.Equal(0u, refined.Requested);
        }
    });

    [Fact]
    public void Refine_Refined_ChangesNothing() => Sample((card, request) =>
    {
        if (card.HwRefine(request) != PcmError.None)
        {
            return;
        }

        PcmHwParams again = request.Clone();
        again.Requested = uint.MaxValue;
        again.Changed = 0;
        Assert.Equal(PcmError.None, card.HwRefine(again));
        Assert.Equal(0u, again.Changed);
        again.Changed = request.Changed;
        Assert.True(again.HasSameContents(request), $"{request}\nbecame\n{again}");
    });

    [Fact]
    public void Refine_CmaskBits_AreTheParametersThatChanged() => Sample((card, request) =>
    {
        PcmHwParams refined = request.Clone();
        if (card.Constraints.Refine(refined) != PcmError.None)
        {
            return;
        }

        foreach ((PcmHwParameter parameter, _) in s_intervals)
        {
            PcmInterval before = request.GetInterval(parameter);
            PcmInterval after = refined.GetInterval(parameter);
            bool reported = (refined.Changed & (1u << (int)parameter)) != 0;

            // Rounding an open end of an integer interval and discovering that a single value is one are no changes.
            bool moved = before.Min != after.Min || before.Max != after.Max;
            Assert.True(reported || !moved || before.IsInteger, $"{parameter}: {before} became {after} unreported");
            Assert.True(!reported || before != after, $"{parameter}: {before} is reported as changed");
        }
    });

    [Fact]
    public void HwParams_AnyRequest_ChoosesAConsistentConfigurationInside() => Sample((card, request) =>
    {
        PcmHwParams chosen = request.Clone();
        if (card.HwParams(chosen) != PcmError.None)
        {
            return;
        }

        AssertNarrower(chosen, request);
        Assert.Equal(chosen.FrameBits, chosen.SampleBits * chosen.Channels);
        Assert.Equal(chosen.BufferBytes * 8L, (long)chosen.BufferFrames * chosen.FrameBits);
        Assert.Equal(chosen.PeriodBytes * 8L, (long)chosen.PeriodFrames * chosen.FrameBits);
        Assert.Equal(chosen.SampleBits, chosen.Format.PhysicalWidthBits());
        Assert.True(card.Hardware.Formats.Contains(chosen.Format));
        PcmIntervalPropertyTests.AssertContains(chosen.GetInterval(PcmHwParameter.Periods), (ulong)chosen.BufferFrames, (ulong)chosen.PeriodFrames);
        PcmInterval rate = chosen.GetInterval(PcmHwParameter.Rate);
        Assert.Equal((rate.Value, 1u), (chosen.RateNumerator, chosen.RateDenominator));
        if (rate.Min == rate.Max)
        {
            // A rate between two whole numbers reads as the lower one, for which the times need not be right.
            PcmIntervalPropertyTests.AssertContains(chosen.GetInterval(PcmHwParameter.PeriodTime), (ulong)chosen.PeriodFrames * 1_000_000, rate.Min);
            PcmIntervalPropertyTests.AssertContains(chosen.GetInterval(PcmHwParameter.BufferTime), (ulong)chosen.BufferFrames * 1_000_000, rate.Min);
        }
    });

    [Fact]
    public void HwParams_ChosenConfiguration_IsChosenAgain() => Sample((card, request) =>
    {
        if (card.HwParams(request) != PcmError.None)
        {
            return;
        }

        PcmHwParams again = request.Clone();
        Assert.Equal(PcmError.None, card.HwParams(again));
        Assert.True(again.HasSameContents(request), $"{request}\nbecame\n{again}");
    });

    /// <summary>A configuration that exists is never refined away: ranges around its own values keep it.</summary>
    [Fact]
    public void Refine_RangesAroundAPossibleConfiguration_KeepIt() => Gen.Select(
        Gen.Int[1, 2], Gen.Int[1, 2], Gen.UInt[5500, 48000], Gen.UInt[64, 4000], Gen.UInt[1, 4000], Gen.UInt[0, 4095], Gen.UInt[0, 9]).Sample((bytes, channels, rate, period, extra, subset, slack) =>
    {
        uint frameBytes = (uint)(bytes * channels);
        uint buffer = period + extra;
        TraceCard card = s_cards[0];
        var request = new PcmHwParams { Formats = [bytes == 1 ? PcmFormat.U8 : PcmFormat.S16LE, PcmFormat.S32LE] };
        (PcmHwParameter Parameter, ulong Numerator, ulong Denominator)[] values =
        [
            (PcmHwParameter.Channels, (ulong)channels, 1), (PcmHwParameter.Rate, rate, 1), (PcmHwParameter.PeriodSize, period, 1), (PcmHwParameter.BufferSize, buffer, 1),
            (PcmHwParameter.PeriodBytes, period * frameBytes, 1), (PcmHwParameter.BufferBytes, buffer * frameBytes, 1), (PcmHwParameter.Periods, buffer, period),
            (PcmHwParameter.PeriodTime, period * 1_000_000UL, rate), (PcmHwParameter.BufferTime, buffer * 1_000_000UL, rate),
            (PcmHwParameter.FrameBits, frameBytes * 8, 1), (PcmHwParameter.SampleBits, (ulong)bytes * 8, 1),
        ];
        for (int i = 0; i < values.Length; i++)
        {
            if ((subset >> i & 1) != 0)
            {
                ulong floor = values[i].Numerator / values[i].Denominator;
                ulong ceiling = (values[i].Numerator + values[i].Denominator - 1) / values[i].Denominator;
                request.SetRange(values[i].Parameter, (uint)(floor - Math.Min(floor, slack)), (uint)ceiling + slack);
            }
        }

        Assert.Equal(PcmError.None, card.HwRefine(request));
        foreach ((PcmHwParameter parameter, ulong numerator, ulong denominator) in values)
        {
            PcmIntervalPropertyTests.AssertContains(request.GetInterval(parameter), numerator, denominator);
        }
    }, iter: Iterations);

    private static void Sample(Action<TraceCard, PcmHwParams> check) =>
        s_request.Sample(sample => check(sample.Card, sample.Request.Clone()), iter: Iterations, print: sample => sample.Request.ToString());

    private static void AssertNarrower(PcmHwParams inner, PcmHwParams outer)
    {
        for (PcmHwParameter mask = PcmHwParameter.Access; mask <= PcmHwParameter.Subformat; mask++)
        {
            Assert.Equal(0UL, inner.GetMask(mask).Bits & ~outer.GetMask(mask).Bits);
        }

        foreach ((PcmHwParameter parameter, _) in s_intervals)
        {
            PcmInterval narrow = inner.GetInterval(parameter);
            PcmInterval wide = outer.GetInterval(parameter);
            Assert.True(PcmIntervalPropertyTests.IsWithin(narrow, wide), $"{parameter}: {narrow} is not within {wide}");
        }
    }
}
