using System.Globalization;

namespace Pcm.Interop.Tests.Qemu;

/// <summary>
/// What the machine withheld from a test that is bound to the wall's clock, and when: how late this watcher woke up, how long threads of this process
/// and of QEMU stood ready without a processor (the kernel's run delay), and what the hypervisor took (steal). On an idle machine that is nothing,
/// so a law of time that allows for it can still fail.
/// </summary>
internal sealed class StallWatcher : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_usual = TimeSpan.FromMilliseconds(2); // threads that hand on to each other, a timer's grain: no stall

    private readonly string[] _taskDirectories;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Lock _lock = new();
    private readonly List<(long From, long To, TimeSpan Withheld)> _samples = []; // its lock
    private readonly Dictionary<string, long> _delays = [];
    private readonly Thread _thread;
    private TimeSpan _steal;

    /// <param name="processId">QEMU's.</param>
    public StallWatcher(int processId)
    {
        _taskDirectories = ["/proc/self/task", $"/proc/{processId}/task"];
        Measure(); // what was withheld before does not count
        _thread = new Thread(Watch) { IsBackground = true, Name = "stall-watcher" };
        _thread.Start();
    }

    /// <summary>What was withheld in all.</summary>
    public TimeSpan Total => Between(0, long.MaxValue);

    /// <summary>
    /// What was withheld around <paramref name="at"/>: also shortly after it, because a stall is seen when it is over, by this watcher, and by the
    /// kernel, which counts a thread's wait when the thread runs again.
    /// </summary>
    /// <param name="at">A time stamp of the system's clock.</param>
    /// <param name="length">How long before it to begin, and how long after it to end.</param>
    public TimeSpan Near(long at, TimeSpan length)
    {
        long ticks = (long)(length.TotalSeconds * TimeProvider.System.TimestampFrequency);
        return Between(at - ticks, at + ticks);
    }

    /// <summary>Ends the watch, with everything until now in it.</summary>
    public void Stop()
    {
        _stop.Set();
        _thread.Join();
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private TimeSpan Between(long from, long to)
    {
        lock (_lock)
        {
            return _samples.Where(sample => sample.To >= from && sample.From <= to).Aggregate(TimeSpan.Zero, static (sum, sample) => sum + sample.Withheld);
        }
    }

    private void Watch()
    {
        bool stopped;
        do
        {
            long asleep = TimeProvider.System.GetTimestamp();
            stopped = _stop.Wait(s_interval);
            TimeSpan late = TimeProvider.System.GetElapsedTime(asleep) - s_interval;
            TimeSpan withheld = Measure() + (late > TimeSpan.Zero ? late : TimeSpan.Zero);
            if (withheld > s_usual)
            {
                lock (_lock)
                {
                    _samples.Add((asleep, TimeProvider.System.GetTimestamp(), withheld));
                }
            }
        }
        while (!stopped);
    }

    /// <summary>What was withheld since the last call.</summary>
    private TimeSpan Measure()
    {
        long nanoseconds = 0;
        foreach (string task in _taskDirectories.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories))
        {
            if (TryReadDelay(task, out long delay))
            {
                nanoseconds += _delays.TryGetValue(task, out long before) ? Math.Max(0, delay - before) : 0;
                _delays[task] = delay;
            }
        }

        TimeSpan steal = ProcessorTime.Stolen, stolen = steal - _steal;
        _steal = steal;
        return TimeSpan.FromMicroseconds(nanoseconds / 1000) + stolen;
    }

    /// <returns>False: the thread ended meanwhile.</returns>
    private static bool TryReadDelay(string task, out long nanoseconds)
    {
        try
        {
            string[] fields = File.ReadAllText(Path.Combine(task, "schedstat")).Split(' '); // time run, time ready without a processor, turns
            nanoseconds = long.Parse(fields[1], CultureInfo.InvariantCulture);
            return true;
        }
        catch (IOException)
        {
            nanoseconds = 0;
            return false;
        }
    }
}
