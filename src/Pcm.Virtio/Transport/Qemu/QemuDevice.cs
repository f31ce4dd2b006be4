using System.IO.MemoryMappedFiles;

namespace Pcm.Virtio;

/// <summary>
/// QEMU's virtio-sound device without a guest: QEMU runs a machine whose processor is halted, its RAM is memory of this process too, and its
/// registers are reached through qtest. A driver that works here works with a device that nobody here wrote.
/// Lifetime: from <see cref="StartAsync"/> until the transport is disposed of, by its driver or through <see cref="DisposeAsync"/>. When this
/// process ends in any other way, QEMU is terminated by the system (where <c>setpriv</c> is installed); its files are unlinked as soon as it runs.
/// </summary>
/// <remarks>Thread safety: every member may be called from any thread.</remarks>
public sealed class QemuDevice : IAsyncDisposable
{
    private const ulong FirstDmaAddress = 2 << 20; // above what a PC keeps for itself

    private readonly QemuHost _host;

    private QemuDevice(QemuHost host, RegisterTransport transport)
    {
        _host = host;
        Transport = transport;
    }

    /// <summary>The way to the device, for one driver. Owns QEMU: disposing of it ends QEMU in good order, and then its WAV file is whole.</summary>
    public VirtioTransport Transport { get; }

    /// <summary>QEMU's process id.</summary>
    public int ProcessId => _host.ProcessId;

    /// <summary>The connection that registers are reached through, to look at other registers, or to count.</summary>
    public QtestClient Qtest => _host.Qtest;

    /// <summary>Starts QEMU and finds the device.</summary>
    /// <param name="options">The machine.</param>
    /// <param name="time">
    /// Bounds the start; null: the system's clock. With <see cref="QemuClock.Stepped"/> it is what QEMU's clock follows, its timers are what interrupts
    /// come from, and the system's clock bounds the start; on a virtual clock, start QEMU while that stands still.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="VirtioTransportException">QEMU is not installed, too old, or does not start; the message says which, and what QEMU said.</exception>
    /// <exception cref="IOException">The files of a machine cannot be made.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask<QemuDevice> StartAsync(QemuOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        string directory = CreateDirectory();
        try
        {
            await File.WriteAllBytesAsync(QemuCommandLine.Firmware(directory), QemuFirmware.Image(options.Clock), cancellationToken);
            long bytes = (long)options.MemoryMiB << 20;
            using var ram = MemoryMappedFile.CreateFromFile(QemuCommandLine.RamFile(directory), FileMode.CreateNew, null, bytes);
            QemuHost host = await QemuHost.StartAsync(options, directory, ram, time ?? TimeProvider.System, cancellationToken);
            var dma = new MappedDmaAllocator(ram, FirstDmaAddress, (ulong)bytes);
            try
            {
                return new QemuDevice(host, host.Connect(dma));
            }
            catch
            {
                await host.DisposeAsync();
                dma.Dispose();
                throw;
            }
        }
        finally
        {
            // Everything is open or mapped where it is needed.
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Kills QEMU, as a crash does: the driver is told that the device is gone, and a WAV file is left as it is.</summary>
    public void Kill() => _host.Kill();

    /// <summary>Disposes of the transport, and so ends QEMU. Call it after the driver's end, which does the same.</summary>
    public ValueTask DisposeAsync() => Transport.DisposeAsync();

    /// <summary>A directory that is this user's alone, in memory where the system has such a place: it holds the machine's RAM.</summary>
    private static string CreateDirectory()
    {
        const string sharedMemory = "/dev/shm";
        string parent = Directory.Exists(sharedMemory) ? sharedMemory : Path.GetTempPath();
        string path = Path.Combine(parent, "pcm-qemu-" + Guid.NewGuid().ToString("n"));
        return OperatingSystem.IsWindows()
            ? throw new PlatformNotSupportedException("QEMU devices need Unix sockets and shared files.")
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }
}
