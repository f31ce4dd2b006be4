using CsCheck;

namespace Pcm.Core.Tests.Transfer;

/// <summary>Auto-silence, as the kernel's function filled when it was executed (fact sheet 5.7).</summary>
public class SilenceTests
{
    [Fact]
    public void Fill_Threshold_KeepsSoMuchAhead()
    {
        RecordedCard card = Prepared(static p => p with { SilenceThreshold = 512, SilenceSize = 512 }, frames: 300);

        card.Run(static s => s.StartAsync());
        Assert.Equal("300,212", Fills(card));
        Assert.Equal("512,256", FillsAt(card, 256));
        Assert.Equal(string.Empty, FillsAt(card, 512)); // past the application: nothing until it is ahead again
        Assert.Equal(PcmError.None, card.Stream.SyncPointer(new PcmSyncPointer { ApplicationPosition = 600 }, out _));
        Assert.Equal("768,256 0,48", FillsAt(card, 560));
        Assert.Equal(472, card.Runtime.SilenceFilled);
    }

    [Fact]
    public void Fill_TopUp_SilencesWhatWasPlayed()
    {
        RecordedCard card = Prepared(static p => p with { SilenceThreshold = 0, SilenceSize = long.MaxValue }, frames: 300);

        card.Run(static s => s.StartAsync());
        Assert.Equal("300,724", Fills(card));
        Assert.Equal("0,256", FillsAt(card, 256));
        Assert.Equal("256,256", FillsAt(card, 512));
        Assert.Equal("512,388", FillsAt(card, 900));
        Assert.Equal("900,124 0,200", FillsAt(card, 200));
        Assert.Equal(1024, card.Runtime.SilenceFilled);
    }

    /// <summary>In top-up mode everything that is not queued is silent after every update.</summary>
    [Fact]
    public void Fill_TopUpAnySteps_LeavesNothingButSilenceBehind() =>
        Gen.Select(Gen.Int[0, 1024], Gen.Int[1, 700].List[1, 12]).Sample((queued, steps) =>
        {
            RecordedCard card = Prepared(static p => p with { SilenceThreshold = 0, SilenceSize = long.MaxValue }, frames: 0);
            byte[] noise = new byte[queued * 4];
            Array.Fill(noise, (byte)0x55);
            card.Stream.Write(noise, out _);
            card.Run(static s => s.StartAsync());
            long at = 0;
            foreach (int step in steps)
            {
                at += step;
                card.Clock.Advance(TimeSpan.FromMilliseconds(1));
                FillsAt(card, at % 1024);
                Span<byte> ring = card.Runtime.Buffer!.Span;
                for (long frame = at; frame < at + 1024; frame++)
                {
                    bool isQueued = frame < queued;
                    Assert.Equal(isQueued ? 0x55 : 0, ring[(int)(frame % 1024 * 4)]);
                }
            }
        }, iter: 200);

    private static RecordedCard Prepared(Func<PcmSwParams, PcmSwParams> silence, int frames)
    {
        RecordedCard card = new RecordedCard("p").Prepare(swParams: p => silence(p with { StopThreshold = long.MaxValue, StartThreshold = long.MaxValue }));
        Assert.Equal(PcmError.None, card.Stream.Write(new byte[frames * 4], out _));
        card.Log.Take();
        return card;
    }

    private static string FillsAt(RecordedCard card, long frame)
    {
        card.Ops.Position = new PcmPosition(frame);
        Assert.Equal(PcmError.None, card.Stream.HwSync());
        return Fills(card);
    }

    private static string Fills(RecordedCard card)
    {
        string fills = string.Join(' ', card.Log.Calls.Where(static c => c.Op == "fill_silence").Select(static c => c.Arguments));
        card.Log.Take();
        return fills;
    }
}
