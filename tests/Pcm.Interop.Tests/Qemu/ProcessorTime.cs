using System.Globalization;

namespace Pcm.Interop.Tests.Qemu;

/// <summary>Who had the machine's processors: the kernel's accounts, in units of 10 ms (USER_HZ is 100).</summary>
internal static class ProcessorTime
{
    /// <summary>What the hypervisor took, of all processors, since the machine began.</summary>
    public static TimeSpan Stolen => Jiffies(Machine()[7]);

    /// <summary>What everybody but this process and one other had, and what was stolen, of all processors.</summary>
    /// <param name="processId">The other.</param>
    public static TimeSpan OfOthers(int processId)
    {
        long[] machine = Machine(); // user nice system idle iowait irq softirq steal
        return Jiffies(machine[0] + machine[1] + machine[2] + machine[5] + machine[6] + machine[7]) - Of("self") - Of(processId.ToString(CultureInfo.InvariantCulture));
    }

    private static TimeSpan Of(string process)
    {
        string stat = File.ReadAllText($"/proc/{process}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // from the third on; utime and stime are the 14th and 15th (proc_pid_stat(5))
        return Jiffies(Parse(fields[11]) + Parse(fields[12]));
    }

    private static long[] Machine() =>
        [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Parse)];

    private static long Parse(string number) => long.Parse(number, CultureInfo.InvariantCulture);

    private static TimeSpan Jiffies(long count) => TimeSpan.FromMilliseconds(10 * count);
}
