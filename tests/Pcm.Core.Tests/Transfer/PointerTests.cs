using System.Globalization;

namespace Pcm.Core.Tests.Transfer;

/// <summary>The hardware position, as the kernel's function computed it when it was executed (fact sheet 5.3, cases A to X).</summary>
public class PointerTests
{
    /// <summary>A script is a list of "I" (interrupt) or "P" (poll), the ring position, and the milliseconds since the step before.</summary>
    [Theory]
    [InlineData("A", "I 256 5; I 512 5; I 768 5; I 0 6; P 100 2; I 256 3", "256/0/256; 512/0/512; 768/0/768; 1024/1024/1024; 1124/1024/1024; 1280/1024/1280")]
    [InlineData("D", "I 256 5; I 300 22", "256/0/256; 1324/1024/1280")]
    [InlineData("E", "I 256 5; I 300 3", "256/0/256; 300/0/256")]
    [InlineData("W", "I 256 5; I 256 21", "256/0/256; 1280/1024/1280")]
    [InlineData("W2", "I 256 5; P 256 21", "256/0/256; 256/0/256")]
    [InlineData("G", "I 5000 5", "0/0/0")]
    public void Update_ExecutedCases_PositionIsTheKernels(string name, string script, string expected)
    {
        RecordedCard card = FreeRunning();

        Assert.Equal((name, expected), (name, Play(card, script)));
    }

    [Fact]
    public void Update_RingPlayedOut_IsAnXRunWithThePositionStored()
    {
        RecordedCard card = new RecordedCard("p").Queue(1024);
        card.Run(static s => s.StartAsync());

        Assert.Equal("256/0/256; 512/0/512; 768/0/768; 1024/1024/1024", Play(card, "I 256 5; I 512 5; I 768 5; I 0 5"));
        Assert.Equal(PcmState.XRun, card.Stream.State);
        Assert.Equal(1024, card.Runtime.AvailMax);
    }

    [Fact]
    public void Update_OddPosition_IsRoundedToWholeBytes()
    {
        RecordedCard card = FreeRunning();
        card.Runtime.MinAlign = 2;

        Assert.Equal("100/0/0", Play(card, "P 101 2"));
    }

    [Fact]
    public void Update_AbsurdDistance_StoresNothing()
    {
        RecordedCard card = FreeRunning();
        card.Runtime.HardwarePosition = 256;
        card.Runtime.HardwareBase = 1024; // inconsistent: 1368 frames at once are more than a ring and a period

        Assert.Equal(PcmError.None, Poll(card, 600, 3));
        Assert.Equal((256, 1024), (card.Runtime.HardwarePosition, card.Runtime.HardwareBase));
    }

    [Fact]
    public void Update_AtTheBoundary_WrapsAndCounts()
    {
        RecordedCard card = FreeRunning();
        card.Runtime.Boundary = 4096;
        card.Stream.SetSwParams(card.Stream.GetSwParams() with { StopThreshold = 4096 });

        Assert.EndsWith("3584/3072/3584; 0/0/0", Play(card, "I 512 11; I 0 11; I 512 11; I 0 11; I 512 11; I 0 11; I 512 11; I 0 11"), StringComparison.Ordinal);
        Assert.Equal(4096, card.Runtime.HardwareWrap);
    }

    [Theory]
    [InlineData("P 100 2; P 400 28", "100/0; 1424/1024")]
    [InlineData("P 100 2; P 400 70", "100/0; 3472/3072")]
    public void Update_WithoutPeriodWakeups_FindsLostLapsByTime(string script, string expected)
    {
        RecordedCard card = FreeRunning();
        card.Runtime.NoPeriodWakeup = true;

        Assert.Equal(expected, string.Join("; ", Play(card, script).Split("; ").Select(static s => s[..s.LastIndexOf('/')])));
    }

    [Fact]
    public void Update_OnePeriodRing_CountsEachInterrupt()
    {
        RecordedCard card = FreeRunning(period: 1024);

        Assert.Equal("1024/1024/1024; 2048/2048/2048; 3076/3072/3072", Play(card, "I 0 21; I 0 21; I 4 21"));
    }

    [Theory]
    [InlineData(true, "1424/1024/1280")] // the kernel's reference lies 1000 s back: a bogus lap
    [InlineData(false, "400/0/256")]
    public void Update_EarlyInterruptAfterPause_AddsALapOnlyAsTheKernel(bool kernelReference, string expected)
    {
        RecordedCard card = FreeRunning(options: new PcmOptions { KernelPauseReference = kernelReference });
        Play(card, "I 256 5; P 300 1");
        card.Run(static s => s.PauseAsync(enable: true));
        card.Run(static s => s.PauseAsync(enable: false));

        Assert.Equal(expected, Play(card, "I 400 2"));
    }

    [Theory]
    [InlineData(true, PcmState.XRun)]
    [InlineData(false, PcmState.Running)]
    public void Update_PauseWithoutPeriodWakeups_IsAnXRunOnlyAsTheKernel(bool kernelReference, PcmState state)
    {
        RecordedCard card = new RecordedCard("p", options: new PcmOptions { KernelPauseReference = kernelReference }).Queue(1024);
        card.Run(static s => s.StartAsync());
        card.Runtime.NoPeriodWakeup = true;
        Poll(card, 100, 2);
        card.Run(static s => s.PauseAsync(enable: true));
        card.Run(static s => s.PauseAsync(enable: false));
        Poll(card, 200, 2);

        Assert.Equal(state, card.Stream.State);
    }

    [Fact]
    public void Update_CoarseTicks_ThresholdIsHalfTheRingPlusOne()
    {
        RecordedCard card = FreeRunning(options: new PcmOptions { TicksPerSecond = 250 });

        Assert.Equal("256/0/256; 300/0/256; 1334/1024/1280; 2368/2048/2304", Play(card, "I 256 4; I 300 12; I 310 16; I 320 20"));
    }

    [Fact]
    public void Update_HardwareRanDry_IsAnXRunAndStoresNothing()
    {
        RecordedCard card = FreeRunning();
        card.Ops.Position = PcmPosition.XRun;

        Assert.Equal(PcmError.XRun, card.Stream.HwSync());
        Assert.Equal((PcmState.XRun, 0L), (card.Stream.State, card.Runtime.HardwarePosition));
    }

    private static RecordedCard FreeRunning(int period = 256, PcmOptions? options = null)
    {
        RecordedCard card = new RecordedCard("p", options: options)
            .Prepare(request: RecordedCard.Request(period), swParams: static p => p with { StopThreshold = long.MaxValue });
        Assert.Equal(PcmError.None, card.Run(static s => s.StartAsync()));
        return card;
    }

    private static PcmError Poll(RecordedCard card, long frame, int milliseconds)
    {
        card.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        card.Ops.Position = new PcmPosition(frame);
        return card.Stream.HwSync();
    }

    private static string Play(RecordedCard card, string script)
    {
        var results = new List<string>();
        foreach (string step in script.Split("; "))
        {
            string[] words = step.Split(' ');
            long frame = long.Parse(words[1], CultureInfo.InvariantCulture);
            int milliseconds = int.Parse(words[2], CultureInfo.InvariantCulture);
            if (words[0] == "I")
            {
                card.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
                card.Interrupt(frame);
            }
            else
            {
                Poll(card, frame, milliseconds);
            }

            results.Add($"{card.Runtime.HardwarePosition}/{card.Runtime.HardwareBase}/{card.Runtime.HardwareInterrupt}");
        }

        return string.Join("; ", results);
    }
}
