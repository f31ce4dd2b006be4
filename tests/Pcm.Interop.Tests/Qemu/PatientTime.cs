namespace Pcm.Interop.Tests.Qemu;

/// <summary>
/// The system's clock at a twentieth of its pace, for devices on QEMU's free clock, whose pace is their own: the core's time-outs, such as a drain's
/// 1.1 rings, then mean QEMU hung, and not that the machine had other work for a tenth of a second.
/// </summary>
internal sealed class PatientTime : TimeProvider
{
    private const int Factor = 20;

    private readonly DateTimeOffset _start = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => _start + ((System.GetUtcNow() - _start) / Factor);

    public override long GetTimestamp() => System.GetTimestamp() / Factor;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(System.CreateTimer(callback, state, Scale(dueTime), Scale(period)));

    private static TimeSpan Scale(TimeSpan time) => time > TimeSpan.Zero ? time * Factor : time;

    private sealed class Timer(ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(Scale(dueTime), Scale(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
