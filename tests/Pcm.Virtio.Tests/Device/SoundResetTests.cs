using CsCheck;

namespace Pcm.Virtio.Tests;

/// <summary>Reset, and drivers that mean no good.</summary>
public sealed class SoundResetTests
{
    private static readonly uint[] s_codes = [0x1, 0x2, 0x100, 0x101, 0x102, 0x103, 0x104, 0x105, 0x200, 0x300];

    [Fact]
    public void D33_Reset_MidStream_ForgetsEverythingAndTouchesNoMemory()
    {
        using var bench = new SoundBench(new SoundBenchOptions { Capture = 1 });
        bench.Prepare(0);
        bench.Prepare(1);
        List<RawMessage> messages = SoundPlaybackTests.SendPeriods(bench, 0, 4);
        messages.AddRange(Enumerable.Range(0, 4).Select(_ => bench.SendInput(stream: 1)));
        bench.Ok(VirtioSoundRequest.PcmStart, 0);
        bench.Ok(VirtioSoundRequest.PcmStart, 1);
        bench.Advance(TimeSpan.FromMilliseconds(15));
        Assert.True(bench.Clock.Run(() => bench.Driver.Device.ResetAsync().AsTask()));
        Assert.Equal(VirtioStatus.None, bench.Transport.Status);
        List<byte[]> memory = [.. messages.Select(static message => message.Region.Span.ToArray())];
        int interrupts = bench.Driver.Completed.Count;
        bench.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(memory, messages.Select(static message => message.Region.Span.ToArray()));
        Assert.Equal(interrupts, bench.Driver.Completed.Count);
        Assert.Equal((SoundStreamState.Idle, SoundStreamState.Idle), (bench.Device.GetState(0), bench.Device.GetState(1)));
        Assert.All(bench.Ops, static ops => Assert.False(ops.IsOpen)); // the audio sides are free for others

        bench.Renegotiate();
        Assert.Equal(VirtioSoundStatusCode.BadMessage, bench.Command(VirtioSoundRequest.PcmPrepare)); // no parameters are left
        bench.Ops[0].Played.Clear();
        bench.Prepare(0);
        bench.SendOutput(SoundBench.Audio(33, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(SoundBench.Period);
        Assert.Equal(SoundBench.Audio(33, SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Theory]
    [InlineData(VirtioSoundRequest.PcmSetParams)]
    [InlineData(VirtioSoundRequest.PcmPrepare)]
    [InlineData(VirtioSoundRequest.PcmStart)]
    [InlineData(VirtioSoundRequest.PcmStop)]
    [InlineData(VirtioSoundRequest.PcmRelease)]
    public void D33_Reset_CommandUnderWay_IsNotAnsweredAndDoesNotTouchTheNextSession(VirtioSoundRequest code)
    {
        using var bench = new SoundBench();
        SoundStreamState from = code switch
        {
            VirtioSoundRequest.PcmSetParams => SoundStreamState.Idle,
            VirtioSoundRequest.PcmPrepare => SoundStreamState.Configured,
            VirtioSoundRequest.PcmStop => SoundStreamState.Running,
            _ => SoundStreamState.Prepared,
        };
        SoundStreamLifecycleTests.Reach(bench, from);
        if (from is SoundStreamState.Prepared or SoundStreamState.Running)
        {
            SoundPlaybackTests.SendPeriods(bench, 0, 2);
        }

        bench.Ops[0].VerbDelay = TimeSpan.FromMilliseconds(20);
        RawMessage late = bench.Driver.Send(
            VirtioSoundQueues.Control, code == VirtioSoundRequest.PcmSetParams ? SoundBench.Bytes(SoundBench.Parameters()) : SoundBench.CommandBytes(code), 4);
        bench.Settle();
        bool underWay = late.Used is null;
        Assert.True(underWay || code == VirtioSoundRequest.PcmRelease); // a drop of what never ran asks nothing of the backend
        bench.Renegotiate();

        // The next driver comes while the old command still runs: its own command waits for it.
        RawMessage[] next =
        [
            bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.Bytes(SoundBench.Parameters()), 4),
            bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.CommandBytes(VirtioSoundRequest.PcmPrepare), 4),
        ];
        bench.Advance(TimeSpan.FromSeconds(1));
        Assert.All(next, static request => Assert.Equal((4, VirtioSoundStatusCode.Ok), (request.Used, request.Status)));
        Assert.Equal(SoundStreamState.Prepared, bench.Device.GetState(0));
        if (underWay)
        {
            Assert.Equal(0, late.Completions);
            Assert.All(late.Writable.ToArray(), static b => Assert.Equal(RawSoundDriver.Fill, b));
        }

        bench.Ops[0].VerbDelay = TimeSpan.Zero;
        bench.Ops[0].Played.Clear();
        bench.SendOutput(SoundBench.Audio(5, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(SoundBench.Period);
        Assert.Equal(SoundBench.Audio(5, SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void Unplug_MidStream_ClosesTheAudioSide()
    {
        var bench = new SoundBench();
        bench.Prepare();
        SoundPlaybackTests.SendPeriods(bench, 0, 4);
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromMilliseconds(15));
        bench.Transport.Disconnect();
        bench.Settle();
        Assert.False(bench.Ops[0].IsOpen);
        Assert.Equal(SoundStreamState.Idle, bench.Device.GetState(0));
        bench.Dispose();
    }

    /// <summary>Whatever is in a message, on whichever queue, in whichever state: it comes back at most once, RELEASE brings the rest back, and the device lives.</summary>
    [Fact]
    public void D65_AnyBytes_AnyQueue_AreReturnedAndHarmless()
    {
        Gen<(int Queue, byte[] Readable, int Writable, int Cut)> message =
            Gen.Select(Gen.Int[0, 3], Requests(), Gen.Int[0, 80], Gen.Int[1, 20], static (queue, readable, writable, cut) => (queue, readable, writable, cut));
        message.Array[1, 30].Sample(messages => Feed(messages), iter: 150, threads: 1);
    }

    // Half random bytes, half a plausible start: a known code or a stream's id, so that deeper checks are reached.
    private static Gen<byte[]> Requests()
    {
        Gen<byte[]> plausible = Gen.Select(
            Gen.Int[0, s_codes.Length - 1].Select(static i => s_codes[i]),
            Gen.UInt[0, 2],
            Gen.OneOf(Gen.UInt[0, 3], Gen.UInt),
            Gen.OneOf(Gen.UInt[0, 40], Gen.UInt),
            Gen.Byte.Array[0, 16],
            static (code, id, a, b, rest) => (byte[])[.. BitConverter.GetBytes(code), .. BitConverter.GetBytes(id), .. BitConverter.GetBytes(a), .. BitConverter.GetBytes(b), .. rest]);
        Gen<byte[]> data = Gen.Select(Gen.UInt[0, 2], Gen.Byte.Array[0, 60], static (id, rest) => (byte[])[.. BitConverter.GetBytes(id), .. rest]);
        return Gen.OneOf(Gen.Byte.Array[0, 40], plausible, data);
    }

    private static void Feed((int Queue, byte[] Readable, int Writable, int Cut)[] messages)
    {
        using var bench = new SoundBench(new SoundBenchOptions { Capture = 1, Jacks = [new()] });
        bench.Prepare(0);
        bench.Prepare(1);
        bench.Ok(VirtioSoundRequest.PcmStart, 0);
        List<RawMessage> sent = [];
        foreach ((int queue, byte[] readable, int writable, int cut) in messages)
        {
            if (readable.Length + writable > 0)
            {
                int pieces = queue == VirtioSoundQueues.Event ? 2 : 16; // the ring must hold them: events come back late or never
                int piece = Math.Max(cut, ((readable.Length + writable) / pieces) + 1);
                sent.Add(bench.Driver.Send((ushort)queue, readable, writable, piece));
                bench.Settle();
                bench.Advance(TimeSpan.FromMilliseconds(1));
            }
        }

        // Bring both streams to Released from wherever they are now; the answers do not matter.
        foreach (int stream in (int[])[0, 1])
        {
            bench.Command(VirtioSoundRequest.PcmStop, stream);
            bench.Command(VirtioSoundRequest.PcmRelease, stream);
        }

        Assert.All(sent.Where(static message => message.Queue != VirtioSoundQueues.Event), static message => Assert.Equal(1, message.Completions));
        Assert.False(bench.Transport.Status.HasFlag(VirtioStatus.NeedsReset));
    }
}
