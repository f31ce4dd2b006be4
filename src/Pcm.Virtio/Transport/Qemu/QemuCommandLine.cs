using System.Globalization;

namespace Pcm.Virtio;

/// <summary>The machine, as QEMU is told of it.</summary>
internal static class QemuCommandLine
{
    /// <summary>PCI device number of the sound device.</summary>
    public const int PciSlot = 4;

    /// <summary>Physical address of the first virtio-mmio window of a microvm.</summary>
    public const ulong MmioAddress = 0xfeb0_0000;

    /// <summary>Who steps the clock wants buffers to complete when they are due, not in the next 10 ms; and time costs nothing.</summary>
    private static readonly TimeSpan s_steppedAudioTimerPeriod = TimeSpan.FromMilliseconds(1);

    public static IEnumerable<string> Build(QemuOptions options, string directory)
    {
        bool pci = options.Bus == QemuBus.Pci;
        string ram = options.MemoryMiB.ToString(CultureInfo.InvariantCulture) + "M";
        string packed = options.Packed ? ",packed=on" : "";
        string streams = options.Streams.ToString(CultureInfo.InvariantCulture);
        string more = options.DeviceProperties.Length > 0 ? "," + options.DeviceProperties : "";
        return
        [
            "-display", "none", "-nodefaults", "-no-user-config",
            "-machine", (pci ? "q35" : "microvm") + ",memory-backend=ram",
            "-m", ram,
            "-object", $"memory-backend-file,id=ram,size={ram},mem-path={Escape(RamFile(directory))},share=on",
            "-qtest", "unix:" + QtestSocket(directory), "-qtest-log", "none",
            "-chardev", "socket,id=qmp,path=" + Escape(QmpSocket(directory)), "-mon", "chardev=qmp,mode=control",
            "-audiodev", options.AudioDevice ?? AudioDevice(options),
            .. Clock(options.Clock),
            "-bios", Firmware(directory),
            .. pci ? [] : (string[])["-global", "virtio-mmio.force-legacy=false", "-global", "virtio-mmio.ioeventfd=off"],
            "-device", pci
                ? $"virtio-sound-pci,audiodev=a,streams={streams},addr={PciSlot:x2}.0,ioeventfd=off,vectors=5{packed}{more}"
                : $"virtio-sound-device,audiodev=a,streams={streams},bus=virtio-mmio-bus.0{packed}{more}",
        ];
    }

    public static string RamFile(string directory) => Path.Combine(directory, "ram");

    public static string QtestSocket(string directory) => Path.Combine(directory, "qtest");

    public static string QmpSocket(string directory) => Path.Combine(directory, "qmp");

    public static string Firmware(string directory) => Path.Combine(directory, "halt.bin");

    /// <summary>
    /// Without the mixing engine every sample passes as it is, in any format, and nothing is left in a mixer when a stream is stopped: with it
    /// the last 10 ms are lost, U8 and U16 are off by one, and more than two channels are taken for one.
    /// </summary>
    private static string AudioDevice(QemuOptions options)
    {
        string kind = options.WavPath is null ? "none,id=a" : $"wav,id=a,path={Escape(options.WavPath)}";
        TimeSpan? timerPeriod = options.AudioTimerPeriod ?? (options.Clock == QemuClock.Stepped ? s_steppedAudioTimerPeriod : null);
        string timer = timerPeriod is { } period
            ? string.Create(CultureInfo.InvariantCulture, $",timer-period={(long)period.TotalMicroseconds}")
            : "";
        return kind + ",out.mixing-engine=off,in.mixing-engine=off" + timer;
    }

    /// <summary>Stepping leaves behind code that was rewritten; it is thrown away when the translator's memory is full, so that is kept small.</summary>
    private static string[] Clock(QemuClock clock) => clock switch
    {
        QemuClock.Free => ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off"],
        QemuClock.Stepped => ["-accel", "tcg,thread=single,tb-size=16", "-icount", "shift=0,sleep=off"],
        _ => ["-accel", "tcg"],
    };

    /// <summary>In QEMU's option lists a comma is written twice.</summary>
    private static string Escape(string value) => value.Replace(",", ",,", StringComparison.Ordinal);
}
