using CsCheck;

namespace Pcm.Testing.Tests.Generators;

public sealed class GeneratorTests
{
    [Fact]
    public void Sequences_OfTheSameSeed_AreTheSame()
    {
        static string Draw(int seed) => string.Join(' ', new PcmSequenceGenerator(new Random(seed)).Next());
        Assert.Equal(Draw(3), Draw(3));
        Assert.NotEqual(Draw(3), Draw(4));
    }

    [Fact]
    public void Sequences_KeepTheirLimits()
    {
        var generator = new PcmSequenceGenerator(new Random(1)) { MaxLength = 5, MaxFrames = 9, Verbs = [PcmVerb.Start, PcmVerb.Transfer] };
        for (int i = 0; i < 100; i++)
        {
            IReadOnlyList<PcmStep> sequence = generator.Next();
            Assert.InRange(sequence.Count, 3, 7);
            Assert.Equal([new PcmStep(PcmVerb.HwParams), new PcmStep(PcmVerb.Prepare)], sequence.Take(2));
            Assert.All(sequence.Skip(2), static s => Assert.True(s.Verb is PcmVerb.Start or PcmVerb.Transfer && s.Number <= 9));
        }
    }

    [Fact]
    public void Hardware_AnyDrawn_CanExistAndBeConfigured()
    {
        Gen.Int.Sample(
            seed =>
            {
                PcmHardware hardware = new PcmHardwareGenerator(new Random(seed)).Next();
                Assert.Null(hardware.FindProblem());
                var clock = new VirtualClock();
                clock.Run(async () =>
                {
                    await using var card = new PcmCard("drawn", "drawn", new PcmServices(clock, clock.Scheduler));
                    PcmDevice device = card.AddDevice(new PcmDeviceDescription { Name = "drawn", Playback = [new ManualOps(hardware)] });
                    PcmSubstream stream = (await device.OpenAsync(PcmDirection.Playback)).GetOrThrow();
                    Assert.Equal(PcmError.None, await stream.HwParamsAsync(new PcmHwParams()));
                });
            },
            iter: 200);
    }

    [Fact]
    public void Requests_AreBothPossibleAndNot()
    {
        PcmHardware hardware = ManualOps.DefaultHardware;
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            await using var card = new PcmCard("drawn", "drawn", new PcmServices(clock, clock.Scheduler));
            PcmDevice device = card.AddDevice(new PcmDeviceDescription { Name = "drawn", Playback = [new ManualOps(hardware)] });
            PcmSubstream stream = (await device.OpenAsync(PcmDirection.Playback)).GetOrThrow();
            var generator = new PcmRequestGenerator(new Random(5), hardware);
            int possible = Enumerable.Range(0, 400).Count(_ => stream.HwRefine(generator.Next()) == PcmError.None);
            Assert.InRange(possible, 100, 390);
        });
    }

    [Fact]
    public void Schedules_AddUpToTheirPeriods_AndMoveTheHardware()
    {
        const int period = 480, periods = 40;
        IReadOnlyList<PcmCompletion> schedule = new PcmScheduleGenerator(new Random(2), period, 48000) { DisturbedPercent = 60 }.Next(periods);
        Assert.Equal(period * periods, schedule.Sum(static c => c.Frames));
        Assert.Contains(schedule, static c => !c.Interrupts);
        Assert.Contains(schedule, static c => c.Frames == 0);
        Assert.Contains(schedule, static c => c.Frames is > 0 and < period);
        Assert.All(schedule.SelectMany(static c => c.Simplify(period, TimeSpan.FromMilliseconds(10))), static c => Assert.True(c.Interrupts));
    }

    [Fact]
    public void Shrink_FindsTheTwoItemsThatMatter()
    {
        int[] failing = [.. Enumerable.Range(0, 100)];
        IReadOnlyList<int> shortest = PcmShrinker.Shrink(failing, static s => s.Contains(17) && s.Contains(83));
        Assert.Equal([17, 83], shortest);
    }

    [Fact]
    public void Shrink_SimplifiesNumbers_AndKeepsItsLimit()
    {
        IReadOnlyList<PcmStep> failing = [new(PcmVerb.Prepare), new(PcmVerb.Transfer, 900), new(PcmVerb.Start)];
        Assert.Equal("Transfer(64)", string.Join(' ', PcmShrinker.Shrink(failing, static s => s.Any(static x => x.Number >= 50), static s => s.Simplify())));
        int asked = 0;
        PcmShrinker.Shrink(failing, _ => asked++ < 0, static s => s.Simplify(), limit: 4);
        Assert.Equal(4, asked);
    }

    [Fact]
    public void Pattern_FindsDamageShiftsAndItsStart()
    {
        var pattern = new PcmPattern(4);
        byte[] audio = pattern.Frames(1000, 500);
        Assert.Equal(-1, pattern.FindDifference(audio, 1000));
        Assert.True(pattern.FindDifference(audio, 1001) >= 0);
        audio[77] ^= 1;
        Assert.Equal(77, pattern.FindDifference(audio, 1000));
        byte[] late = [.. new byte[40], .. pattern.Frames(0, 64)];
        Assert.Equal(10, pattern.FindStart(late, 16));
        Assert.Equal(-1, pattern.FindStart(late, 65));
    }
}
