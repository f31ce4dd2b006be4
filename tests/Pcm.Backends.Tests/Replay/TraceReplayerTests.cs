using Pcm.Testing.Replay;

namespace Pcm.Backends.Tests.Replay;

/// <summary>The replayer finds what differs: each case is a right trace with one value made wrong.</summary>
public class TraceReplayerTests
{
    private const string Right = """
        {"id":"t","kernel":"k","card":"dummy","stream":"playback","config":{},"steps":[
        {"op":"open","args":{"nonblock":1},"ret":0,"state":"OPEN","appl_ptr":0,"hw_ptr":0,"t_us":50},
        {"op":"hw_params","args":{"access":3,"format":2,"channels":2,"rate":8000,"period_size":800,"periods":4},"ret":0,"state":"SETUP","appl_ptr":0,"hw_ptr":0,"out":"unused","t_us":60},
        {"op":"prepare","ret":0,"state":"PREPARED","appl_ptr":0,"hw_ptr":0,"t_us":70},
        {"op":"writei","args":{"n":1600},"ret":1600,"state":"RUNNING","appl_ptr":1600,"hw_ptr":0,"timed":true,"t_us":80},
        {"op":"sleep","args":{"ms":150},"ret":0,"state":"RUNNING","appl_ptr":1600,"hw_ptr":801,"timed":true,"blocked_us":150000,"t_us":150090},
        {"op":"delay","ret":0,"state":"RUNNING","appl_ptr":1600,"hw_ptr":1201,"timed":true,"out":{"delay":399},"t_us":150102},
        {"op":"prepare","ret":-16,"state":"RUNNING","appl_ptr":1600,"hw_ptr":1201,"timed":true,"t_us":150110},
        {"op":"drop","ret":0,"state":"SETUP","appl_ptr":1600,"hw_ptr":1201,"timed":true,"t_us":150120},
        {"op":"prepare","ret":0,"state":"PREPARED","appl_ptr":0,"hw_ptr":0,"t_us":150130},
        {"op":"sync_ptr","args":{"flags":6},"ret":0,"state":"PREPARED","appl_ptr":0,"hw_ptr":0,"out":{"appl_ptr":0,"hw_ptr":0,"avail_min":800},"t_us":150140}]}
        """;

    [Fact]
    public void Replay_RightTrace_HasNoMismatchAndCountsTimedSteps()
    {
        TraceSequenceResult result = Replay(Right);

        Assert.Empty(result.Mismatches);
        Assert.Equal(10, result.Steps);
        Assert.Equal(5, result.TimedSteps);
        Assert.Equal(5, result.TimedStepsInTolerance);
    }

    [Theory]
    [InlineData("\"ret\":-16", "\"ret\":0", TraceMismatchKind.Result, "ret", TraceComparison.ResultAndState)]
    [InlineData("\"ret\":1600", "\"ret\":1599", TraceMismatchKind.Result, "ret", TraceComparison.ResultAndState)]
    [InlineData("\"state\":\"SETUP\",\"appl_ptr\":1600", "\"state\":\"XRUN\",\"appl_ptr\":1600", TraceMismatchKind.State, "state", TraceComparison.ResultAndState)]
    [InlineData("\"state\":\"PREPARED\",\"appl_ptr\":0,\"hw_ptr\":0,\"t_us\":70", "\"state\":\"PREPARED\",\"appl_ptr\":1,\"hw_ptr\":0,\"t_us\":70", TraceMismatchKind.Position, "appl_ptr", TraceComparison.Full)]
    [InlineData("\"avail_min\":800", "\"avail_min\":801", TraceMismatchKind.Output, "avail_min", TraceComparison.Full)]
    [InlineData("\"avail_min\":800", "\"avail_min\":800,\"more\":1", TraceMismatchKind.Output, "more", TraceComparison.Full)]
    [InlineData("\"hw_ptr\":801", "\"hw_ptr\":803", TraceMismatchKind.TimedPosition, "hw_ptr", TraceComparison.Timed)]
    [InlineData("\"delay\":399", "\"delay\":401", TraceMismatchKind.TimedOutput, "delay", TraceComparison.Timed)]
    public void Replay_OneValueWrong_ReportsExactlyThat(string right, string wrong, TraceMismatchKind kind, string field, TraceComparison firstLevel)
    {
        Assert.Contains(right, Right, StringComparison.Ordinal);
        string trace = Right.Replace(right, wrong, StringComparison.Ordinal);

        foreach (TraceComparison level in Enum.GetValues<TraceComparison>())
        {
            IReadOnlyList<TraceMismatch> mismatches = Replay(trace, level).Mismatches;
            if (level < firstLevel)
            {
                Assert.Empty(mismatches);
                continue;
            }

            TraceMismatch mismatch = Assert.Single(mismatches);
            Assert.Equal((kind, field, "t"), (mismatch.Kind, mismatch.Field, mismatch.SequenceId));
        }
    }

    [Fact]
    public void Replay_OneFrameOffOnTimedSteps_IsNoMismatch() =>
        Assert.Empty(Replay(Right.Replace("\"hw_ptr\":801", "\"hw_ptr\":800", StringComparison.Ordinal)).Mismatches);

    [Fact]
    public void Replay_UnknownOperation_NamesLineAndStep()
    {
        string trace = Right.Replace("\"op\":\"drop\"", "\"op\":\"jump\"", StringComparison.Ordinal);

        var error = Assert.Throws<TraceFormatException>(() => Replay(trace));

        Assert.Equal(new TraceLocation(7, 7), error.Location);
        Assert.Contains("'jump'", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_UnknownCard_ListsTheCards()
    {
        var error = Assert.Throws<TraceFormatException>(() => Replay(Right.Replace("\"dummy\"", "\"hda\"", StringComparison.Ordinal)));

        Assert.Contains("'hda'", error.Problem, StringComparison.Ordinal);
        Assert.Contains("aloop", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_SkippedCard_SaysWhy()
    {
        TraceSequenceResult result = Replay(Right.Replace("\"dummy\"", "\"virtio\"", StringComparison.Ordinal));

        Assert.Equal("no virtio here", result.SkipReason);
        Assert.Equal(0, result.Steps);
    }

    [Fact]
    public void ReadFile_BrokenLine_NamesFileAndLine()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllText(path, Right.ReplaceLineEndings(string.Empty) + "\n{\"id\":1");

            var error = Assert.Throws<TraceFormatException>(() => TraceReader.ReadFile(path).Count());

            Assert.Equal(new TraceLocation(2, File: Path.GetFileName(path)), error.Location);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static TraceSequenceResult Replay(string json, TraceComparison comparison = TraceComparison.Timed)
    {
        // The answer of hw_params is covered by the traces themselves; here the step runs without one.
        string line = json.ReplaceLineEndings(string.Empty).Replace("\"out\":\"unused\",", "\"out\":" + HwParamsAnswer + ",", StringComparison.Ordinal);
        return Replayers.Create(comparison).Replay(TraceSequence.Parse(line, 7));
    }

    private const string HwParamsAnswer = """
        {"flags":0,"rmask":"0","cmask":"f5304","info":"40103","msbits":16,"rate_num":8000,"rate_den":1,"fifo_size":0,"masks":{"access":"8","format":"4","subformat":"1"},"iv":{"sample_bits":[16,16,"i"],"frame_bits":[32,32,"i"],"channels":[2,2,"i"],"rate":[8000,8000,"i"],"period_time":[100000,100000,"i"],"period_size":[800,800,"i"],"period_bytes":[3200,3200,"i"],"periods":[4,4,"i"],"buffer_time":[400000,400000,"i"],"buffer_size":[3200,3200,"i"],"buffer_bytes":[12800,12800,"i"],"tick_time":[0,0,"i"]}}
        """;
}
