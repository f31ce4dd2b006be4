using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Pcm.Bench.EndToEnd;

/// <summary>
/// The machine's own lateness: a C program beside ours whose threads of the lowest real-time priority, one on each processor, note how much too late they
/// wake from a sleep of a millisecond. What the machine withholds from them it withholds from everybody; what a run is late by in excess of it is the
/// run's own, and so is a part of it where the run's real-time threads are busy.
/// </summary>
internal sealed class Witness : IDisposable
{
    private readonly Process? _process = Start();

    /// <summary>Forgets what was.</summary>
    public void Restart() => _ = Worst();

    /// <summary>The most that a thread woke too late since the last call, in milliseconds; NaN without a witness: the build found no C compiler.</summary>
    public double Worst()
    {
        if (_process is null)
        {
            return double.NaN;
        }

        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
        return long.Parse(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The witness has ended."), CultureInfo.InvariantCulture) / 1e6;
    }

    public void Dispose()
    {
        _process?.StandardInput.Close(); // which ends it
        _process?.WaitForExit();
        _process?.Dispose();
    }

    private static Process? Start()
    {
        try
        {
            return Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "witness")) { RedirectStandardInput = true, RedirectStandardOutput = true });
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
