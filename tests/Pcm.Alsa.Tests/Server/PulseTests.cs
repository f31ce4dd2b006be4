using System.Runtime.InteropServices;

namespace Pcm.Alsa.Tests.Server;

/// <summary>libasound's <c>pulse</c> PCM on a real PulseAudio daemon: what the <c>default</c> PCM of a desktop is.</summary>
public sealed class PulseTests
{
    private const int Rate = 48000;
    private const int FrameBytes = 4;
    private const int PeriodFrames = 2400; // 50 ms, as the server's pieces
    private const int BufferFrames = 3 * Rate; // neither what is written nor what a drain waits for is bound to end when the machine stands still for a while

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Playback_IntoTheSink_IsCapturedFromItsMonitor()
    {
        const int soundFrames = BufferFrames + Rate; // once around the ring
        await using PulseServer server = await PulseServer.StartAsync();
        await using PcmSubstream capture = await PrepareAsync(server, PcmDirection.Capture);
        await using PcmSubstream playback = await PrepareAsync(server, PcmDirection.Playback);
        byte[] sound = AlsaCard.Noise(soundFrames * FrameBytes), heard = new byte[(soundFrames + (2 * Rate)) * FrameBytes];
        Task<PcmTransfer> reading = capture.ReadAsync(heard).AsTask();
        Assert.Equal(new PcmTransfer(PcmError.None, soundFrames), await playback.WriteAsync(sound));
        playback.SetSwParams(playback.GetSwParams() with { AvailMin = BufferFrames - Rate }).ThrowIfError("sw_params");
        Assert.Equal(PcmError.None, await playback.WaitAsync(s_limit));
        Assert.Equal(PcmError.None, await playback.DrainAsync().AsTask().WaitAsync(s_limit, TimeProvider.System));
        Assert.Equal(PcmState.Setup, playback.State);
        Assert.Equal(PcmError.None, (await reading.WaitAsync(s_limit, TimeProvider.System)).Error);

        // Where the server had to wait for its client, because the machine stood still, there is silence in between: seldom, not with each period.
        Assert.True(heard.AsSpan().IndexOf(sound.AsSpan(0, 64)) >= 0, "Nothing of what was played is among what was captured.");
        ReadOnlySpan<int> left = MemoryMarshal.Cast<byte, int>(sound);
        int gaps = 0, last = 0;
        foreach (int frame in MemoryMarshal.Cast<byte, int>(heard))
        {
            if (!left.IsEmpty && frame == left[0])
            {
                left = left[1..];
            }
            else
            {
                Assert.Equal(0, frame);
                gaps += last == 0 ? 0 : 1; // the end of the sound is one
            }

            last = frame;
        }

        Assert.Equal(0, left.Length);
        Assert.InRange(gaps, 1, 5);
        await capture.DropAsync();
    }

    [Fact]
    public async Task Drain_TakesAsLongAsWhatIsQueued_AndThenItPlaysAgain()
    {
        await using PulseServer server = await PulseServer.StartAsync();
        await using PcmSubstream playback = await PrepareAsync(server, PcmDirection.Playback);
        for (int round = 0; round < 2; round++)
        {
            long start = TimeProvider.System.GetTimestamp();
            Assert.Equal(new PcmTransfer(PcmError.None, Rate), await playback.WriteAsync(new byte[Rate * FrameBytes]));
            Assert.Equal(PcmError.None, await playback.DrainAsync().AsTask().WaitAsync(s_limit, TimeProvider.System));
            Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.9, s_limit.TotalSeconds); // the server's own clock counts
            Assert.Equal(PcmError.None, await playback.PrepareAsync());
        }
    }

    [Fact]
    public async Task Starvation_IsAnXRun_ThatPrepareRecovers()
    {
        await using PulseServer server = await PulseServer.StartAsync();
        await using PcmSubstream playback = await PrepareAsync(server, PcmDirection.Playback);
        Assert.Equal(PcmError.None, playback.Write(new byte[Rate * FrameBytes], out _));
        Assert.Equal(PcmState.Running, playback.State);
        playback.SetSwParams(playback.GetSwParams() with { AvailMin = BufferFrames * 4L }).ThrowIfError("sw_params");
        Assert.Equal(PcmError.XRun, await playback.WaitAsync(s_limit));
        Assert.Equal(PcmState.XRun, playback.State);
        Assert.Equal(PcmError.XRun, playback.Write(new byte[FrameBytes], out _));

        Assert.Equal(PcmError.None, await playback.PrepareAsync());
        Assert.Equal(new PcmTransfer(PcmError.None, Rate), await playback.WriteAsync(new byte[Rate * FrameBytes]));
        Assert.Equal(PcmError.None, await playback.DrainAsync().AsTask().WaitAsync(s_limit, TimeProvider.System));
    }

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public async Task Kill_OfTheServer_EndsCallsWithNoDevice(PcmDirection direction)
    {
        await using PulseServer server = await PulseServer.StartAsync();
        await using PcmSubstream stream = await PrepareAsync(server, direction);
        Task<PcmTransfer> running = TransferAsync(stream, Rate * 20); // longer than the server lives
        Assert.True(SpinWait.SpinUntil(() => stream.TryGetSnapshot(out PcmSnapshot now) && now.ApplicationPosition > 0 && now.HardwarePosition > 0, s_limit));
        Assert.Equal(PcmState.Running, stream.State);
        server.Kill();

        // libasound knows an xrun only; that prepare does not heal it is what tells.
        PcmTransfer ended = await running.WaitAsync(s_limit, TimeProvider.System);
        Assert.InRange(ended.Frames, 1, (Rate * 20) - 1);
        Assert.Equal(PcmError.NoDevice, await stream.PrepareAsync().AsTask().WaitAsync(s_limit, TimeProvider.System));
        Assert.True(SpinWait.SpinUntil(() => stream.State == PcmState.Disconnected, s_limit));
        Assert.Equal(PcmError.NoDevice, (await TransferAsync(stream, 1).WaitAsync(s_limit, TimeProvider.System)).Error);
        await stream.CloseAsync().AsTask().WaitAsync(s_limit, TimeProvider.System);
        await stream.Device.Card.DisposeAsync().AsTask().WaitAsync(s_limit, TimeProvider.System);
    }

    private static Task<PcmTransfer> TransferAsync(PcmSubstream stream, int frames)
    {
        byte[] data = new byte[frames * FrameBytes];
        return (stream.Direction == PcmDirection.Playback ? stream.WriteAsync(data) : stream.ReadAsync(data)).AsTask();
    }

    private static async Task<PcmSubstream> PrepareAsync(PulseServer server, PcmDirection direction)
    {
        PcmSubstream stream = await server.OpenAsync(direction);
        stream.WaitTime = s_limit; // the machine may have other work
        await AlsaCard.PrepareAsync(stream, AlsaCard.Request(PcmFormat.S16LE, 2, Rate, PeriodFrames, BufferFrames));
        stream.SetSwParams(stream.GetSwParams() with { StartThreshold = direction == PcmDirection.Playback ? Rate : 1 }).ThrowIfError("sw_params");
        return stream;
    }
}
