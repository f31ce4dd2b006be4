using System.Diagnostics;
using System.Globalization;
using Pcm;
using Pcm.Virtio;

// Figures of the driver with QEMU's device; a Markdown table for docs/BENCHMARKS-QEMU.md on the standard output.
const int periodFrames = 480;
const int seconds = 60;
Console.WriteLine("| Transport | Control round trip, median | Period, free clock | Notifications per period | Register accesses per period that wait | CPU of the driver per second of audio |");
Console.WriteLine("|---|---:|---:|---:|---:|---:|");
foreach ((string name, QemuOptions options) in ((string, QemuOptions)[])
[
    ("virtio-pci, MSI-X", new QemuOptions()),
    ("virtio-pci, INTx", new QemuOptions { MessageInterrupts = false }),
    ("virtio-mmio", new QemuOptions { Bus = QemuBus.Mmio }),
])
{
    QemuDevice qemu = await QemuDevice.StartAsync(options);
    await using VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(qemu.Transport, "qemu", new PcmServices());
    await using PcmSubstream stream = (await driver.Card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
    await ConfigureAsync(stream);

    // prepare of a prepared stream is one control request.
    var controls = new TimeSpan[500];
    for (int i = 0; i < controls.Length; i++)
    {
        long before = TimeProvider.System.GetTimestamp();
        (await stream.PrepareAsync()).ThrowIfError("prepare");
        controls[i] = TimeProvider.System.GetElapsedTime(before);
    }

    Array.Sort(controls);
    byte[] data = new byte[seconds * 48_000 * 4];
    await stream.WriteAsync(data.AsMemory(0, 48_000 * 4)); // warm
    using var process = Process.GetCurrentProcess();
    long requests = qemu.Qtest.Requests, kicks = driver.Kicks[2];
    TimeSpan cpu = process.TotalProcessorTime;
    long start = TimeProvider.System.GetTimestamp();
    PcmTransfer transfer = await stream.WriteAsync(data);
    TimeSpan taken = TimeProvider.System.GetElapsedTime(start);
    process.Refresh();
    cpu = process.TotalProcessorTime - cpu;
    if (transfer.Frames * 4 != data.Length)
    {
        throw new InvalidOperationException($"Only {transfer.Frames} frames were played: {transfer.Error}.");
    }

    double periods = seconds * 48_000.0 / periodFrames;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {controls[controls.Length / 2].TotalMicroseconds:F0} us | {taken.TotalMicroseconds / periods:F0} us | {(driver.Kicks[2] - kicks) / periods:F2} | {(qemu.Qtest.Requests - requests) / periods:F2} | {cpu.TotalMilliseconds / seconds:F1} ms |"));
}

static async Task ConfigureAsync(PcmSubstream stream)
{
    (await stream.HwParamsAsync(new PcmHwParams
    {
        Access = PcmAccess.ReadWriteInterleaved,
        Format = PcmFormat.S16LE,
        Channels = 2,
        Rate = 48_000,
        PeriodFrames = periodFrames,
        Periods = 16,
    })).ThrowIfError("hw_params");

    // The free clock outruns any application: an empty ring is no xrun.
    stream.SetSwParams(stream.GetSwParams() with { StartThreshold = 16 * periodFrames, StopThreshold = (16 * periodFrames) + 1 }).ThrowIfError("sw_params");
    stream.WaitTime = TimeSpan.FromSeconds(10);
    (await stream.PrepareAsync()).ThrowIfError("prepare");
}
