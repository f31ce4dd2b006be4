using System.IO.Compression;
using System.Text;
using Pcm.Testing.Replay;

namespace Pcm.Core.Tests.Replay;

public class TraceReaderTests
{
    private const string Step = """{"op":"hw_params","args":{"access":3,"rate":"8000:48000oO"},"h":2,"ret":-22,"state":"PREPARED","appl_ptr":7,"hw_ptr":5,"avail":null,"timed":true,"suspended_state":"RUNNING","out":"unchanged","blocked_us":6000,"t_us":42}""";

    private static string Line(string steps, string stream = "playback") =>
        $$"""{"id":"a/1","kernel":"6.12","card":"dummy","stream":"{{stream}}","config":{"rate":8000},"steps":[{{steps}}]}""";

    private static MemoryStream ToStream(string text, bool compress)
    {
        var memory = new MemoryStream();
        using (Stream? writer = compress ? new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true) : null)
        {
            (writer ?? memory).Write(Encoding.UTF8.GetBytes(text));
        }

        memory.Position = 0;
        return memory;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_PlainOrCompressed_GivesEverySequence(bool compress)
    {
        using MemoryStream stream = ToStream($"{Line(Step)}\n\n{Line("", "capture")}\n", compress);
        TraceSequence[] sequences = [.. TraceReader.Read(stream)];
        Assert.Equal([(1, PcmDirection.Playback, 1), (3, PcmDirection.Capture, 0)], sequences.Select(s => (s.Line, s.Direction, s.Steps.Count)));
        Assert.Equal(("a/1", "6.12", "dummy", 8000L), (sequences[0].Id, sequences[0].Kernel, sequences[0].Card, sequences[0].Configuration["rate"]));
    }

    [Fact]
    public void Parse_Step_HasEveryField()
    {
        TraceStep step = Assert.Single(TraceSequence.Parse(Line(Step), 9).Steps);
        Assert.Equal(("line 9, step 0", 2, "hw_params", -22L), (step.Location.ToString(), step.Handle, step.Operation, step.Result));
        Assert.Equal((PcmState.Prepared, 7L, 5L, null), (step.State, step.ApplicationFrame, step.HardwareFrame, step.AvailableFrames));
        Assert.Equal((true, PcmState.Running, 6000L, 42L), (step.IsTimed, step.SuspendedState, step.BlockedMicroseconds, step.TimeMicroseconds));
        Assert.Equal("8000:48000oO", step.Arguments.GetText("rate"));
        Assert.Null(TraceHwParams.ReadAnswer(step));
    }

    [Theory]
    [InlineData("{", "line 4: this is no JSON")]
    [InlineData("[]", "line 4: the line is an array; expected an object")]
    [InlineData("{}", "line 4: 'stream' is missing; expected a string")]
    [InlineData("""{"stream":"x","config":{},"steps":[],"id":"","kernel":"","card":""}""", "'stream' is \"x\"; expected \"playback\" or \"capture\"")]
    [InlineData("""{"stream":"playback","config":{"rate":"x"},"steps":[]}""", "'rate' is the string \"x\"; expected a number")]
    [InlineData("""{"stream":"playback","config":{},"steps":{}}""", "'steps' is an object; expected an array")]
    public void Parse_BadSequence_SaysWhereAndWhat(string json, string expected)
    {
        var thrown = Assert.Throws<TraceFormatException>(() => TraceSequence.Parse(json, 4));
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(new TraceLocation(4), thrown.Location);
    }

    [Theory]
    [InlineData("7", "line 4, step 1: a step is the number 7; expected an object")]
    [InlineData("""{"ret":0,"t_us":0}""", "line 4, step 1: 'op' is missing; expected a string")]
    [InlineData("""{"op":"x","t_us":0}""", "'ret' is missing; expected a number")]
    [InlineData("""{"op":"x","ret":0}""", "'t_us' is missing")]
    [InlineData("""{"op":"x","ret":1.5,"t_us":0}""", "'ret' is the number 1.5; expected a whole number")]
    [InlineData("""{"op":"x","ret":0,"t_us":0,"state":"ASLEEP"}""", "'state' is the string \"ASLEEP\"; expected a state")]
    [InlineData("""{"op":"x","ret":0,"t_us":0,"state":3}""", "'state' is the number 3; expected a state")]
    [InlineData("""{"op":"x","ret":0,"t_us":0,"hw_ptr":"5"}""", "'hw_ptr' is the string \"5\"; expected a number or null")]
    [InlineData("""{"op":"x","ret":0,"t_us":0,"h":-1}""", "'h' is -1; expected a handle from 0 to 255")]
    [InlineData("""{"op":"x","ret":0,"t_us":0,"args":[]}""", "'args' is an array; expected an object")]
    [InlineData("""{"op":"x","ret":0,"t_us":0,"args":{"n":true}}""", "argument 'n' is true; expected a number or a string")]
    [InlineData("""{"op":"x","ret":0,"t_us":0,"args":{"n":1,"n":2}}""", "argument 'n' is given twice")]
    public void Parse_BadStep_SaysWhereAndWhat(string step, string expected)
    {
        var thrown = Assert.Throws<TraceFormatException>(() => TraceSequence.Parse(Line($"{Step},{step}"), 4));
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(new TraceLocation(4, 1), thrown.Location);
    }

    [Fact]
    public void Read_DamagedCompression_IsInvalidData()
    {
        byte[] damaged = ToStream(Line(Step), compress: true).ToArray();
        damaged[^6] ^= 0xFF; // the checksum
        using var stream = new MemoryStream(damaged);
        Assert.Throws<InvalidDataException>(() => TraceReader.Read(stream).Count());
    }
}
