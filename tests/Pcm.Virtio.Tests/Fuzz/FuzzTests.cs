using Pcm.Fuzz;

namespace Pcm.Virtio.Tests.Fuzz;

/// <summary>The first seeds of both fuzzers, on every run; eng/fuzz.sh runs as many as one likes.</summary>
public sealed class FuzzTests
{
    private const int Seeds = 8000;

    [Fact] // HV-1 to HV-9: used ids, lengths and indices, answers, events, counts, generations of a hostile device
    public void Driver_HostileDevice_KeepsItsAccountsAndEnds()
    {
        using var target = new DriverTarget();
        AssertNone(target, FuzzRunner.Run(target, 1, Seeds));
        (long lives, long probed, long ran) = target.Reached;
        Assert.Equal(Seeds / 8, lives);
        Assert.True(probed > lives / 3 && ran > lives / 8, $"of {lives} lives {probed} were probed and {ran} ran: the fuzzer gets nowhere");
    }

    [Fact] // D-19, D-25, D-65: every request comes back, and a driver's nonsense is the driver's own
    public void Device_HostileDriver_AnswersEverythingAndTouchesNothingElse()
    {
        using var target = new DeviceTarget();
        AssertNone(target, FuzzRunner.Run(target, 1, Seeds));
        Assert.True(target.Done > Seeds, $"only {target.Done} messages were carried out: the fuzzer gets nowhere");
    }

    [Theory]
    [InlineData("driver")]
    [InlineData("device")]
    public void Generate_SameSeed_GivesTheSameCase(string name)
    {
        using FuzzTarget target = FuzzTarget.Create(name);
        for (ulong seed = 0; seed < 100; seed++)
        {
            Assert.Equal(target.Generate(seed), target.Generate(seed));
            Assert.NotEqual(target.Generate(seed), target.Generate(seed + 8));
        }
    }

    [Fact]
    public void Minimise_AFinding_LeavesTheStepsThatMatter()
    {
        using var target = new FailsAtTwo();
        (FuzzOp[] steps, Exception finding) = FuzzRunner.Minimise(target, 1)!.Value;
        Assert.Equal([0, 3, 7], steps.Select(static step => (int)step.Kind));
        Assert.Equal("3 and 7", finding.Message);
        Assert.Contains("step 7", FuzzRunner.Report(target, 1, steps, finding), StringComparison.Ordinal);
        Assert.Equal((1UL, "3 and 7"), FuzzRunner.Run(target, 1, 10) is { } found ? (found.Seed, found.Finding.Message) : default);
    }

    private static void AssertNone(FuzzTarget target, (ulong Seed, Exception Finding)? found)
    {
        if (found is { } finding)
        {
            Assert.Fail(FuzzRunner.Report(target, finding.Seed, target.Generate(finding.Seed), finding.Finding));
        }
    }

    /// <summary>Fails on every case that has a 3 and, later, a 7.</summary>
    private sealed class FailsAtTwo : FuzzTarget
    {
        public override string Name => "two";

        public override FuzzOp[] Generate(ulong seed) => [.. Enumerable.Range(0, 20).Select(static i => new FuzzOp((byte)(i % 10), 0, 0, 0))];

        public override void Run(ReadOnlySpan<FuzzOp> steps)
        {
            byte[] kinds = [.. steps.ToArray().Select(static step => step.Kind)];
            if (Array.IndexOf(kinds, (byte)3) is >= 0 and int at && Array.IndexOf(kinds, (byte)7, at) > at)
            {
                throw new FuzzException("3 and 7");
            }
        }

        public override string Describe(in FuzzOp step) => $"step {step.Kind}";

        public override void Discard()
        {
        }
    }
}
