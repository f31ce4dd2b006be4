namespace Pcm;

/// <summary>How the real-time thread sleeps until a time or until it is woken: a seam, so that tests need no real time.</summary>
internal abstract class RealTimeSleep : IDisposable
{
    /// <summary>The clock that the times are of.</summary>
    public abstract long NowNs { get; }

    /// <summary>Sleeps until <paramref name="untilNs"/>, or <see cref="Wake"/>, which counts also when it came before; may return early.</summary>
    public abstract void Until(long untilNs);

    /// <summary>Ends the present or the next sleep. Context: any thread.</summary>
    public abstract void Wake();

    /// <summary>Gives up what the sleep is made of. Context: nobody sleeps or wakes any more.</summary>
    public abstract void Dispose();

    /// <summary>The most exact sleep that the system has.</summary>
    public static RealTimeSleep Create() => OperatingSystem.IsLinux() ? new EventFdSleep() : new PortableSleep();

    private static long SystemNowNs => (long)((Int128)TimeProvider.System.GetTimestamp() * 1_000_000_000 / TimeProvider.System.TimestampFrequency);

    /// <summary>ppoll on an eventfd: nanoseconds, where every wait of the framework's rounds to whole milliseconds.</summary>
    private sealed class EventFdSleep : RealTimeSleep
    {
        private readonly int _fd;

        public EventFdSleep()
        {
            _fd = RealTimeNative.EventFd(0, RealTimeNative.EventNonBlocking | RealTimeNative.EventCloseOnExec);
            if (_fd < 0)
            {
                throw new IOException($"eventfd: {System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage()}");
            }
        }

        public override long NowNs => TimeProvider.System.TimestampFrequency == 1_000_000_000 ? TimeProvider.System.GetTimestamp() : SystemNowNs;

        public override void Until(long untilNs)
        {
            (long seconds, long nanoseconds) = Math.DivRem(Math.Max(0, untilNs - NowNs), 1_000_000_000);
            var entry = new RealTimeNative.PollEntry { Fd = _fd, Events = RealTimeNative.PollIn };
            if (RealTimeNative.Poll(ref entry, 1, new RealTimeNative.TimeSpec { Seconds = seconds, Nanoseconds = nanoseconds }, 0) > 0)
            {
                _ = RealTimeNative.Read(_fd, out _, sizeof(ulong)); // back to 0; nothing else reads it
            }
        }

        public override void Wake() => _ = RealTimeNative.Write(_fd, 1UL, sizeof(ulong)); // it fails only when 2^64 wakes are pending

        public override void Dispose() => _ = RealTimeNative.Close(_fd);
    }

    private sealed class PortableSleep : RealTimeSleep
    {
        private readonly AutoResetEvent _wake = new(false);

        public override long NowNs => SystemNowNs;

        public override void Until(long untilNs) =>
            _wake.WaitOne((int)Math.Clamp((untilNs - NowNs + 999_999) / 1_000_000, 0, int.MaxValue));

        public override void Wake() => _wake.Set();

        public override void Dispose() => _wake.Dispose();
    }
}
