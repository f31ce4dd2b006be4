namespace Pcm.Core.Tests.Parameters;

public class PcmHwParamsTests
{
    [Fact]
    public void Any_NewInstance_IsTheKernels()
    {
        var p = new PcmHwParams();
        Assert.Equal(PcmMask.All, p.GetMask(PcmHwParameter.Format));
        Assert.Equal("[0,4294967295]", p.GetInterval(PcmHwParameter.TickTime).ToString());
        Assert.Equal((uint.MaxValue, 0u, (PcmInfo)uint.MaxValue), (p.Requested, p.Changed, p.Info));
        Assert.Equal((0u, 0u, 0u, 0u, PcmHwFlags.None), (p.MsBits, p.RateNumerator, p.RateDenominator, p.FifoFrames, p.Flags));
    }

    [Fact]
    public void Parameters_Numbers_AreTheKernels()
    {
        Assert.Equal(
            [0, 1, 2, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
            Enum.GetValues<PcmHwParameter>().Select(parameter => (int)parameter));
        Assert.Equal((13, 17, 19), ((int)PcmHwParameter.PeriodSize, (int)PcmHwParameter.BufferSize, (int)PcmHwParameter.TickTime));
        Assert.Equal((1u, 2u, 4u, 8u), ((uint)PcmHwFlags.NoResample, (uint)PcmHwFlags.ExportBuffer, (uint)PcmHwFlags.NoPeriodWakeup, (uint)PcmHwFlags.NoDrainSilence));
    }

    [Fact]
    public void Set_OneValue_ReadsBackAndIsRequested()
    {
        var p = new PcmHwParams { Requested = 0 };
        p.Access = PcmAccess.ReadWriteNonInterleaved;
        p.Format = PcmFormat.DsdU32BE;
        p.Subformat = PcmSubformat.MsBits20;
        p.Channels = 3;
        p.Rate = 12345;
        p.PeriodFrames = 7;
        p.PeriodBytes = 8;
        p.PeriodMicroseconds = 9;
        p.Periods = 10;
        p.BufferFrames = 11;
        p.BufferBytes = 12;
        p.BufferMicroseconds = 13;
        Assert.Equal((PcmAccess.ReadWriteNonInterleaved, PcmFormat.DsdU32BE, PcmSubformat.MsBits20, 3, 12345), (p.Access, p.Format, p.Subformat, p.Channels, p.Rate));
        Assert.Equal((7, 8, 9, 10), (p.PeriodFrames, p.PeriodBytes, p.PeriodMicroseconds, p.Periods));
        Assert.Equal((11, 12, 13), (p.BufferFrames, p.BufferBytes, p.BufferMicroseconds));
        Assert.Equal(0x7FC07u, p.Requested);
    }

    [Fact]
    public void Set_Sets_ReadBack()
    {
        var p = new PcmHwParams { Formats = [PcmFormat.U8, PcmFormat.S8], Accesses = PcmAccesses.MmapComplex | PcmAccesses.MmapInterleaved, Subformats = PcmSubformats.MsBitsMax };
        Assert.Equal((3UL, 5u, 2u), (p.Formats.Bits, (uint)p.Accesses, (uint)p.Subformats));
    }

    [Fact]
    public void Get_NotChosen_SaysWhatIsLeft()
    {
        var p = new PcmHwParams { Formats = [PcmFormat.U8, PcmFormat.S16LE] };
        p.SetRange(PcmHwParameter.Rate, 8000, 48000);
        Assert.Contains("[8000,48000]", Assert.Throws<InvalidOperationException>(() => p.Rate).Message, StringComparison.Ordinal);
        Assert.Contains("0x6", Assert.Throws<InvalidOperationException>(() => p.Format).Message, StringComparison.Ordinal);
        Assert.False(p.TryGet(PcmHwParameter.Rate, out _));
        p.Formats = PcmFormats.None;
        Assert.Throws<InvalidOperationException>(() => p.Format);
    }

    [Fact]
    public void Get_OpenPair_IsTheLowerEndLikeTheKernel()
    {
        var p = new PcmHwParams();
        p.SetInterval(PcmHwParameter.Periods, PcmIntervalTests.Parse("(2,3)"));
        p.SetInterval(PcmHwParameter.Rate, PcmIntervalTests.Parse("(8000,8001]"));
        Assert.Equal((2, 8000), (p.Periods, p.Rate));
        p.SetInterval(PcmHwParameter.Rate, PcmInterval.Of(uint.MaxValue));
        Assert.True(p.TryGet(PcmHwParameter.Rate, out uint hz));
        Assert.Equal(uint.MaxValue, hz);
        Assert.Throws<InvalidOperationException>(() => p.Rate);
    }

    [Fact]
    public void Set_CallerBugs_Throw()
    {
        var p = new PcmHwParams();
        Assert.Throws<ArgumentOutOfRangeException>(() => p.Rate = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => p.Format = (PcmFormat)64);
        Assert.Throws<ArgumentOutOfRangeException>(() => p.GetMask(PcmHwParameter.Rate));
        Assert.Throws<ArgumentOutOfRangeException>(() => p.GetInterval(PcmHwParameter.Format));
        Assert.Throws<ArgumentOutOfRangeException>(() => p.TryGet((PcmHwParameter)3, out _));
    }

    [Fact]
    public void CopyFrom_EveryField_IsCopied()
    {
        PcmHwParams p = new()
        {
            Format = PcmFormat.S8,
            Rate = 1,
            Flags = PcmHwFlags.NoResample,
            Requested = 1,
            Changed = 2,
            Info = PcmInfo.Pause,
            MsBits = 3,
            RateNumerator = 4,
            RateDenominator = 5,
            FifoFrames = 6,
        };
        Assert.True(p.Clone().HasSameContents(p));
        Action<PcmHwParams>[] edits =
        [
            q => q.Format = PcmFormat.U8, q => q.Rate = 2, q => q.Flags = PcmHwFlags.None, q => q.Requested = 0, q => q.Changed = 0,
            q => q.Info = PcmInfo.None, q => q.MsBits = 0, q => q.RateNumerator = 0, q => q.RateDenominator = 0, q => q.FifoFrames = 0,
        ];
        foreach (Action<PcmHwParams> edit in edits)
        {
            PcmHwParams copy = p.Clone();
            edit(copy);
            Assert.False(copy.HasSameContents(p));
            copy.CopyFrom(p);
            Assert.True(copy.HasSameContents(p));
        }
    }

    [Fact]
    public void ToString_ShowsWhatIsLeft()
    {
        var p = new PcmHwParams { Format = PcmFormat.S16LE, Accesses = PcmAccesses.ReadWriteInterleaved, Rate = 48000 };
        Assert.StartsWith("Access ReadWriteInterleaved; Format S16_LE; Subformat ", p.ToString(), StringComparison.Ordinal);
        Assert.Contains("; Rate [48000,48000] int; ", p.ToString(), StringComparison.Ordinal);
    }
}
