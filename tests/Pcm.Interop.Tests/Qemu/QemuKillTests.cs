namespace Pcm.Interop.Tests.Qemu;

/// <summary>QEMU dies in the middle of everything: calls end with an error in time, and nothing stays behind.</summary>
public sealed class QemuKillTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Kill_At100Points_EndsEveryCallInTime_AndLeaksNothing()
    {
        await Peers.RequireQemuAsync();
        string[] before = Left();
        int files = 0;
        for (int point = 0; point < 100; point++)
        {
            await KillAtAsync(point);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            int now = Directory.GetFiles("/proc/self/fd").Length;
            files = point == 10 ? now : files; // by then everything that the runtime opens once is open
            Assert.True(point <= 10 || now <= files + 2, $"{files} open files after 10 kills, {now} after {point}.");
            Assert.Equal(before, Left());
        }
    }

    /// <summary>What 100 machines would leave if each left something: threads of ours, children, and files; the runtime's pool comes and goes.</summary>
    private static string[] Left()
    {
        string[] threads = [.. Directory.GetDirectories("/proc/self/task").Select(static task => ReadIfThere(Path.Combine(task, "comm")).Trim())];
        string[] children = [.. Directory.GetDirectories("/proc/self/task").SelectMany(static task => ReadIfThere(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        string[] files = [.. Directory.GetDirectories("/dev/shm", "pcm-qemu-*"), .. Directory.GetFileSystemEntries(Path.GetTempPath(), "pcm-qemu-*")];
        return [.. threads.Where(static name => name.StartsWith("pcm-q", StringComparison.Ordinal)), .. children.Order(StringComparer.Ordinal), .. files];
    }

    private static string ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // the thread ended meanwhile
        }
    }

    private static async Task KillAtAsync(int point)
    {
        var random = new Random(point);
        QemuDevice device = await QemuDevice.StartAsync(new QemuOptions
        {
            Bus = point % 2 == 0 ? QemuBus.Pci : QemuBus.Mmio,
            MessageInterrupts = point % 4 == 0,
            Clock = point % 3 == 0 ? QemuClock.Wall : QemuClock.Free,
        });
        DmaAllocator dma = device.Transport.Dma;
        Task killing = KillAfterAsync(device, TimeSpan.FromTicks(random.Next(0, 400_000)));
        await UseAsync(device.Transport).WaitAsync(s_limit, TimeProvider.System);
        await killing;
        await device.DisposeAsync().AsTask().WaitAsync(s_limit, TimeProvider.System);
        Assert.Equal((0L, 0L), (dma.LiveBytes, dma.QuarantinedBytes));
        Assert.False(Directory.Exists($"/proc/{device.ProcessId}"), "QEMU is still there.");
    }

    private static async Task KillAfterAsync(QemuDevice device, TimeSpan delay)
    {
        await Task.Delay(delay, TimeProvider.System);
        device.Kill();
    }

    /// <summary>Probes and plays until the device is gone.</summary>
    private static async Task UseAsync(VirtioTransport transport)
    {
        VirtioSoundDriver driver;
        try
        {
            driver = await VirtioSoundDriver.ProbeAsync(transport, "qemu", new PcmServices(), QemuRig.WideLimits);
        }
        catch (VirtioTransportException)
        {
            return; // the driver disposed of the transport
        }

        await using (driver)
        {
            PcmOpenResult opened = await driver.Card.Devices[0].OpenAsync(PcmDirection.Playback);
            if (opened.Substream is not { } stream)
            {
                return;
            }

            try
            {
                await stream.ConfigureAsync();
                byte[] data = StreamExtensions.Noise(10_000 * 4);
                PcmTransfer transfer;
                do
                {
                    transfer = await stream.WriteAsync(data);
                }
                while (transfer.Error == PcmError.None);

                Assert.Contains(transfer.Error, (PcmError[])[PcmError.NoDevice, PcmError.IO, PcmError.XRun, PcmError.BadState]);
            }
            catch (PcmException e)
            {
                Assert.Contains(e.Error, (PcmError[])[PcmError.NoDevice, PcmError.IO, PcmError.BadState]);
            }

            await stream.CloseAsync();
        }
    }
}
