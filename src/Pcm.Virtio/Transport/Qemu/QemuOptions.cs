namespace Pcm.Virtio;

/// <summary>The machine that <see cref="QemuDevice"/> starts.</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public sealed record QemuOptions
{
    /// <summary>The program: a path, or a name that is looked up in PATH. 8.2 is the first QEMU with virtio-sound.</summary>
    public string Program { get; init; } = "qemu-system-x86_64";

    /// <summary>Where the device sits.</summary>
    public QemuBus Bus { get; init; } = QemuBus.Pci;

    /// <summary>How time goes.</summary>
    public QemuClock Clock { get; init; } = QemuClock.Free;

    /// <summary>
    /// A WAV file for QEMU to write what was played into; null: it goes nowhere, and capture gives silence. Samples are written as they are, in
    /// any format: what follows the 44 bytes of header is exactly what was played, but the header says S16 stereo at 44100 Hz whatever it was, the
    /// file is whole only when the device was disposed of, and it begins anew when a stream is prepared with another format, rate or channel count.
    /// QEMU takes 176400 bytes a second of its own clock into it, whatever the stream. Capture never completes: the WAV voice has no input.
    /// </summary>
    public string? WavPath { get; init; }

    /// <summary>Streams, 1 to 10; the first half, rounded up, plays, the others capture.</summary>
    public int Streams { get; init; } = 2;

    /// <summary>Whether the device offers packed virtqueues.</summary>
    public bool Packed { get; init; }

    /// <summary>On PCI: MSI-X, rather than the interrupt line.</summary>
    public bool MessageInterrupts { get; init; } = true;

    /// <summary>RAM in MiB, 16 to 2048; what is above the first 2 MiB is given out for rings and audio.</summary>
    public int MemoryMiB { get; init; } = 64;

    /// <summary>The period of QEMU's audio timer, in which buffers complete; null: QEMU's default, 10 ms, or 1 ms when its clock is stepped.</summary>
    public TimeSpan? AudioTimerPeriod { get; init; }

    /// <summary>How long QEMU may take to start.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long QEMU may take to answer a register access, and to quit.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often messages (MSI-X) in shared memory are looked for; nothing else tells of them.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Another <c>-audiodev</c> than the one that <see cref="WavPath"/> makes; its id is "a". For tests.</summary>
    internal string? AudioDevice { get; init; }

    /// <summary>More properties of the sound device, such as "jacks=2". For tests.</summary>
    internal string DeviceProperties { get; init; } = "";

    /// <summary>Variables of QEMU's environment, beside this process's. For tests.</summary>
    internal IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Checks the ranges.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Validate() =>
        Program.Length == 0 ? $"{nameof(Program)} is empty."
        : Streams is < 1 or > 10 ? $"{nameof(Streams)} is {Streams}; it must be 1 .. 10."
        : MemoryMiB is < 16 or > 2048 ? $"{nameof(MemoryMiB)} is {MemoryMiB}; it must be 16 .. 2048."
        : StartTimeout <= TimeSpan.Zero || RequestTimeout <= TimeSpan.Zero || PollInterval <= TimeSpan.Zero ? "Time-outs and intervals must be positive."
        : AudioTimerPeriod is { } period && period < TimeSpan.FromMicroseconds(1) ? $"{nameof(AudioTimerPeriod)} is {period}; it must be 1 us or more."
        : WavPath is not null && WavPath.Contains('\n', StringComparison.Ordinal) ? $"{nameof(WavPath)} has a line break."
        : null;
}
