using Pcm.Backends.Null;

namespace Pcm.Backends.Tests.Null;

/// <summary>The timer of a null stream outlives its restarts, and sync_stop still waits for a callback under way.</summary>
public sealed class NullTimerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PrepareAsync_WhileTheTimersCallbackRuns_WaitsForItsEnd()
    {
        var time = new HandTime();
        PcmSubstream stream = await StartAsync(time);
        using var inside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        stream.Runtime!.SignalFilter = _ =>
        {
            inside.Set();
            goOn.Wait();
            return true;
        };
        var interrupt = new Thread(time.Fire);
        interrupt.Start();
        inside.Wait(Token);
        Assert.Equal(PcmError.None, await stream.DropAsync(Token));
        ValueTask<PcmError> prepare = stream.PrepareAsync(Token);
        Assert.False(prepare.IsCompleted);
        goOn.Set();
        Assert.Equal(PcmError.None, await prepare);
        interrupt.Join();
        await stream.CloseAsync();
    }

    [Fact]
    public async Task StartAsync_Again_KeepsItsTimer()
    {
        var time = new HandTime();
        PcmSubstream stream = await StartAsync(time);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(PcmError.None, await stream.DropAsync(Token));
            Assert.Equal(PcmError.None, await stream.PrepareAsync(Token));
            Assert.Equal(PcmError.None, await stream.StartAsync(Token));
        }

        Assert.Equal(1, time.Made);
        await stream.CloseAsync();
        Assert.True(time.IsDisposed);
    }

    private static async Task<PcmSubstream> StartAsync(HandTime time)
    {
        PcmCard card = new NullBackend("null").CreateCard(new PcmServices(time));
        PcmSubstream stream = card.Devices[0].Playback[0];
        (await stream.OpenAsync(cancellationToken: Token)).ThrowIfError("open");
        (await stream.HwParamsAsync(new PcmHwParams
        {
            Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, PeriodFrames = 480, BufferFrames = 1920,
        }, Token)).ThrowIfError("hw_params");
        stream.SetSwParams(stream.GetSwParams() with { StartThreshold = stream.Runtime!.Boundary, StopThreshold = stream.Runtime.Boundary }).ThrowIfError("sw_params");
        (await stream.PrepareAsync(Token)).ThrowIfError("prepare");
        (await stream.StartAsync(Token)).ThrowIfError("start");
        return stream;
    }

    /// <summary>A clock that stands after a period, and whose timer fires when a test says so; disposing of it waits for the callback, as the framework's.</summary>
    private sealed class HandTime : TimeProvider, ITimer
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Action _callback = static () => { };
        private int _looks;
        private int _made;
        private bool _firing;

        public int Made => Volatile.Read(ref _made);

        public bool IsDisposed { get; private set; }

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks) * 20_000_000L;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _made);
            _callback = () => callback(state);
            return this;
        }

        public void Fire()
        {
            Volatile.Write(ref _firing, true);
            _callback();
            Volatile.Write(ref _firing, false);
            _ended.TrySetResult();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return Volatile.Read(ref _firing) ? new ValueTask(_ended.Task) : default;
        }
    }
}
