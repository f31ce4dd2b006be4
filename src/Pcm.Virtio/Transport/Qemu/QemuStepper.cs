using System.IO.MemoryMappedFiles;

namespace Pcm.Virtio;

/// <summary>
/// The host's side of <see cref="QemuFirmware.StepProgram"/>: moves QEMU's clock by exact amounts; between two moves it stands, but for some
/// microseconds for each second that the system's clock goes on.
/// Lifetime: a view of the machine's RAM, until <see cref="Dispose"/>.
/// </summary>
/// <remarks>Thread safety: one thread at a time.</remarks>
internal sealed class QemuStepper : IDisposable
{
    /// <summary>A move takes a tenth of this. When it takes longer, QEMU's main loop may sleep with the clock at rest, until something wakes it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(0.5);

    private readonly MemoryMappedViewAccessor _page;
    private uint _requests;

    /// <summary>Puts the program into a machine's RAM. Context: before the machine starts.</summary>
    public QemuStepper(MemoryMappedFile ram)
    {
        using (MemoryMappedViewAccessor program = ram.CreateViewAccessor(QemuFirmware.ProgramAddress, QemuFirmware.StepProgram.Length))
        {
            program.WriteArray(0, QemuFirmware.StepProgram.ToArray(), 0, QemuFirmware.StepProgram.Length);
        }

        _page = ram.CreateViewAccessor(QemuFirmware.PageAddress, Environment.SystemPageSize);
    }

    /// <summary>Where QEMU's clock was at the end of the last move, in nanoseconds.</summary>
    public long NowNs => _page.ReadInt64(QemuFirmware.NowOffset);

    /// <summary>
    /// Moves QEMU's clock to a time, and returns when it is there and everything that was due on the way has happened. A time in its past moves nothing.
    /// </summary>
    /// <param name="nanoseconds">QEMU's time.</param>
    /// <param name="qtest">The connection.</param>
    /// <param name="timeout">How long QEMU may take, on the system's clock.</param>
    /// <exception cref="VirtioTransportException">QEMU is gone, or does not get there.</exception>
    public void MoveTo(long nanoseconds, QtestClient qtest, TimeSpan timeout)
    {
        _page.Write(QemuFirmware.TargetOffset, nanoseconds);
        Interlocked.MemoryBarrier(); // the program reads the target after it has seen the request
        _page.Write(QemuFirmware.RequestOffset, ++_requests);
        long start = TimeProvider.System.GetTimestamp(), lastPoke = start;
        var wait = default(SpinWait);
        while (_page.ReadUInt32(QemuFirmware.DoneOffset) != _requests)
        {
            wait.SpinOnce(sleep1Threshold: -1); // a move is over in less than the least sleep
            if (TimeProvider.System.GetElapsedTime(lastPoke) < s_patience)
            {
                continue;
            }

            qtest.Poke();
            lastPoke = TimeProvider.System.GetTimestamp();
            if (qtest.IsClosed || TimeProvider.System.GetElapsedTime(start, lastPoke) >= timeout)
            {
                throw new VirtioTransportException(PcmError.TimedOut, $"QEMU's clock did not get to {nanoseconds} ns within {timeout}.");
            }
        }
    }

    public void Dispose() => _page.Dispose();
}
