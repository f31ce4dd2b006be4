namespace Pcm.Testing;

/// <content>What the clock hands out: timers, a scheduler, a synchronization context; and the work that they leave with it.</content>
public sealed partial class VirtualClock
{
    /// <summary>Work and its argument, in either of the two shapes that come; one struct for both, so that none is boxed or wrapped.</summary>
    private readonly struct ReadyWork(Delegate? work, object? state)
    {
        public bool IsNone => work is null;

        public void Run()
        {
            if (work is Action<object?> scheduled)
            {
                scheduled(state);
            }
            else
            {
                ((SendOrPostCallback)work!)(state);
            }
        }
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        /// <summary>The number of the last arming or disarming.</summary>
        public long Arming { get; set; }

        /// <summary>When it is due; negative while disarmed.</summary>
        public long DueNs { get; set; } = -1;

        /// <summary>The arming whose entry in the queue counts; 0 when none does. Any other entry is stale.</summary>
        public long QueuedArming { get; set; }

        /// <summary>When that entry comes up.</summary>
        public long QueuedDueNs { get; set; }

        public long PeriodNs { get; private set; } = -1;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                PeriodNs = period <= TimeSpan.Zero ? -1 : period.Ticks * 100;
                clock.Arm_NeedsLock(this, dueTime < TimeSpan.Zero ? -1 : clock._nowNs + (dueTime.Ticks * 100));
            }

            return true;
        }

        public void Fire() => callback(state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }

    private sealed class VirtualScheduler(VirtualClock clock) : PcmScheduler
    {
        public override void Schedule(Action<object?> work, object? state) => clock.Enqueue(new ReadyWork(work, state));

        /// <remarks>Runs the simulation until the signal is set; nested inside the caller's own step.</remarks>
        public override bool Block(ManualResetEventSlim signal, TimeSpan timeout, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(signal);
            long limitNs = timeout < TimeSpan.Zero ? long.MaxValue : clock.NowNs + (timeout.Ticks * 100);
            while (!signal.IsSet)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (clock.Step(limitNs))
                {
                    continue;
                }

                if (limitNs == long.MaxValue)
                {
                    throw new VirtualClockStalledException($"Virtual time stands still at {clock.Elapsed}: a thread blocks for ever.");
                }

                Volatile.Write(ref clock._nowNs, limitNs);
                return signal.IsSet;
            }

            return true;
        }
    }

    private sealed class VirtualSynchronizationContext(VirtualClock clock) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            ArgumentNullException.ThrowIfNull(d);
            clock.Enqueue(new ReadyWork(d, state));
        }

        public override void Send(SendOrPostCallback d, object? state)
        {
            ArgumentNullException.ThrowIfNull(d);
            d(state);
        }

        public override SynchronizationContext CreateCopy() => new VirtualSynchronizationContext(clock);
    }
}
