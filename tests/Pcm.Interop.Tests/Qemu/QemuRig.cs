namespace Pcm.Interop.Tests.Qemu;

/// <summary>A QEMU with its virtio-sound, the driver in front of it, and the bytes that QEMU wrote when it is closed.</summary>
internal sealed class QemuRig : IAsyncDisposable
{
    private const int WavHeaderBytes = 44;

    private readonly string? _wav;

    private QemuRig(QemuDevice device, VirtioSoundDriver driver, string? wav)
    {
        Device = device;
        Driver = driver;
        _wav = wav;
    }

    public QemuDevice Device { get; }

    public VirtioSoundDriver Driver { get; }

    public PcmDevice Pcm => Driver.Card.Devices[0];

    /// <summary>Small periods and many formats need wider limits than Linux's defaults.</summary>
    public static VirtioSoundOptions WideLimits => new() { BufferMs = 2000, PeriodMsMin = 1, PeriodMsMax = 1000, PeriodsMax = 64 };

    public static Task<QemuRig> StartAsync(QemuOptions? options = null, VirtioSoundOptions? soundOptions = null, bool record = true) =>
        StartAsync(options ?? new QemuOptions(), soundOptions, record, before: null);

    /// <summary>With another driver before ours, on the same device.</summary>
    /// <param name="options">The machine.</param>
    /// <param name="soundOptions">Our driver's.</param>
    /// <param name="before">What the other does; it need not clean up, and disposing of its transport leaves ours.</param>
    public static Task<QemuRig> StartBehindAsync(QemuOptions options, VirtioSoundOptions soundOptions, Func<VirtioTransport, Task> before) =>
        StartAsync(options, soundOptions, record: true, before);

    private static async Task<QemuRig> StartAsync(QemuOptions options, VirtioSoundOptions? soundOptions, bool record, Func<VirtioTransport, Task>? before)
    {
        await Peers.RequireQemuAsync();
        string? wav = record ? Path.Combine(Path.GetTempPath(), $"pcm-interop-{Guid.NewGuid():N}.wav") : null;
        QemuDevice device = await QemuDevice.StartAsync(options with { WavPath = wav });
        VirtioTransport transport = device.Transport;
        if (before is not null)
        {
            await before(new LentTransport(transport));
            transport = new LentTransport(transport);
        }

        PcmServices services = options.Clock == QemuClock.Wall ? new PcmServices() : new PcmServices(new PatientTime());
        VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(transport, "qemu", services, soundOptions ?? WideLimits);
        return new QemuRig(device, driver, wav);
    }

    public async Task<PcmSubstream> OpenAsync(PcmDirection direction = PcmDirection.Playback, int? substream = null) =>
        (await Pcm.OpenAsync(direction, PcmOpenMode.None, substream)).GetOrThrow();

    /// <summary>Everything that was played, whole because QEMU has ended.</summary>
    public async Task<byte[]> CloseAsync()
    {
        await Driver.DisposeAsync();
        await Device.DisposeAsync();
        byte[] file = await File.ReadAllBytesAsync(_wav!);
        File.Delete(_wav!);
        return file[WavHeaderBytes..];
    }

    public async ValueTask DisposeAsync()
    {
        await Driver.DisposeAsync();
        await Device.DisposeAsync();
        if (_wav is not null)
        {
            File.Delete(_wav);
        }
    }
}
