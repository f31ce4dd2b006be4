namespace Pcm.Virtio;

/// <content>
/// QEMU behind a clock that it follows: no thread of its own. A timer of that clock moves QEMU's clock, looks for what the device did, and tells
/// the driver, so on a virtual clock all of it happens in virtual time and on its one thread.
/// </content>
internal sealed partial class QemuHost
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1);

    private readonly QemuStepper? _stepper;
    private ITimer? _follower;
    private long _followedFrom; // a time stamp of the followed clock, and what QEMU's said then
    private long _followedFromNs;
    private int _stepping;

    private void Follow(QemuStepper stepper)
    {
        stepper.MoveTo(0, Qtest, _options.StartTimeout); // moves nothing: the machine has begun when it says so
        _followedFromNs = stepper.NowNs;
        _followedFrom = _time.GetTimestamp();
        Volatile.Write(ref _follower, _time.CreateTimer(static host => ((QemuHost)host!).Step(), this, s_step, s_step));
    }

    /// <summary>A doorbell waits to be rung: soon, and not in the context of whoever rang it.</summary>
    private void Hurry() => Volatile.Read(ref _follower)?.Change(TimeSpan.Zero, s_step);

    private void Step()
    {
        if (Interlocked.Exchange(ref _stepping, 1) != 0)
        {
            return; // a clock whose timers overlap: the other one is at it
        }

        try
        {
            _stepper!.MoveTo(_followedFromNs + (_time.GetElapsedTime(_followedFrom).Ticks * 100), Qtest, _options.RequestTimeout);
            Qtest.Synchronize();
            do
            {
                RaiseInterrupts();
            }
            while (_lineRaised);
        }
        catch (VirtioTransportException)
        {
            // The connection ended, or was given up; the reader says so next, and the next step tells the driver.
        }
        finally
        {
            Volatile.Write(ref _stepping, 0);
        }

        if (_closed && !_ending)
        {
            RaiseDisconnected();
            _follower!.Dispose();
        }
    }

    /// <summary>Blocks, because time must not pass while QEMU ends, and on a virtual clock it would if this thread came back before.</summary>
    private void AwaitExit()
    {
        if (!_process.Exited.Wait(_options.RequestTimeout))
        {
            _process.Kill();
            _process.Exited.Wait();
        }
    }
}
