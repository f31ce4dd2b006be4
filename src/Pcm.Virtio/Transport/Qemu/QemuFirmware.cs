namespace Pcm.Virtio;

/// <summary>What the machine's processor runs: nothing, or a program that makes time pass when it is told to.</summary>
internal static class QemuFirmware
{
    /// <summary>Guest-physical address of <see cref="StepProgram"/>: segment 0x1000, below everything that is given out.</summary>
    public const int ProgramAddress = 0x1_0000;

    /// <summary>Guest-physical address of the words that the program and the host talk through.</summary>
    public const int PageAddress = 0x1000;

    /// <summary>The host's: the number of the last request; written last.</summary>
    public const int RequestOffset = 0;

    /// <summary>The host's: the time to go to, in nanoseconds, 64 bits.</summary>
    public const int TargetOffset = 8;

    /// <summary>The program's: the number of the last request that is done; written last.</summary>
    public const int DoneOffset = 16;

    /// <summary>The program's: when that was, in nanoseconds, 64 bits.</summary>
    public const int NowOffset = 24;

    /// <summary>
    /// Goes to sleep until a time it is told, and says when it has woken; in between it holds time.
    /// <para>
    /// With <c>-icount sleep=off</c> QEMU's clock counts instructions, a nanosecond each, and jumps to the next timer only while the processor sleeps.
    /// So whoever controls its sleep controls the clock: it sleeps with its own timer set to the time wanted, everything that is due before then
    /// happens at its time, and it is awake again at that very nanosecond. Awake, it must execute as little as possible: its loop rewrites one of
    /// its own instructions, which QEMU must then translate anew, so that a second takes some tens of thousands of instructions and not a billion.
    /// </para>
    /// </summary>
    public static ReadOnlySpan<byte> StepProgram =>
    [
        // 16 bits, at 1000:0000.
        0xfa,                                                       // 00  cli
        0xb0, 0xff, 0xe6, 0x21, 0xe6, 0xa1,                         // 01  no interrupts of the old controllers: out 0x21, 0xff; out 0xa1, 0xff
        0x8c, 0xc8, 0x8e, 0xd8,                                     // 07  ds = cs
        0x66, 0x0f, 0x01, 0x16, 0xc8, 0x00,                         // 0b  lgdt [c8]
        0x66, 0x0f, 0x01, 0x1e, 0xce, 0x00,                         // 11  lidt [ce]
        0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0,             // 17  cr0 |= 1: protected mode
        0x66, 0xea, 0x27, 0x00, 0x01, 0x00, 0x08, 0x00,             // 1f  jmp 08:10027

        // 32 bits, flat.
        0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd8, 0x8e, 0xd0,             // 27  ds = ss = 10
        0xbc, 0x00, 0x00, 0x01, 0x00,                               // 2f  esp = 10000, below the program
        0xbf, 0x00, 0x00, 0xe0, 0xfe,                               // 34  edi = fee00000, the local APIC
        0xc7, 0x87, 0x50, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, // 39  LINT0: masked
        0xc7, 0x87, 0x20, 0x03, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00, // 43  timer: once, vector 40
        0xc7, 0x87, 0xe0, 0x03, 0x00, 0x00, 0x0b, 0x00, 0x00, 0x00, // 4d  timer divider: 1, so it counts nanoseconds
        0xc7, 0x87, 0xf0, 0x00, 0x00, 0x00, 0xff, 0x01, 0x00, 0x00, // 57  the APIC on
        0xbe, 0x00, 0x10, 0x00, 0x00,                               // 61  esi = 1000, the page
        0x31, 0xdb,                                                 // 66  ebx = 0, the request that is done

        // report:
        0x0f, 0x31, 0x89, 0x46, 0x18, 0x89, 0x56, 0x1c,             // 68  now = tsc, which is QEMU's clock
        0x89, 0x5e, 0x10,                                           // 70  done = ebx

        // hold:
        0xff, 0x05, 0x7a, 0x00, 0x01, 0x00,                         // 73  inc the operand of the next instruction
        0xb8, 0x00, 0x00, 0x00, 0x00,                               // 79  mov eax, 0
        0x3b, 0x1e, 0x74, 0xf1,                                     // 7e  no other request: hold
        0x8b, 0x1e,                                                 // 82  ebx = request

        // again:
        0x0f, 0x31, 0x8b, 0x4e, 0x08, 0x8b, 0x6e, 0x0c,             // 84  edx:eax = tsc, ebp:ecx = target
        0x29, 0xc1, 0x19, 0xd5,                                     // 8c  ebp:ecx -= edx:eax
        0x7c, 0xd6, 0x09, 0xc9, 0x74, 0xd2,                         // 90  reached: report
        0x89, 0x8f, 0x80, 0x03, 0x00, 0x00,                         // 96  the timer = ecx, at most 4.3 s; then it looks again
        0xfb, 0xf4, 0xfa, 0xeb, 0xe3,                               // 9c  sti; hlt; cli; jmp again

        // The timer's interrupt.
        0xc7, 0x87, 0xb0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // a1  end of interrupt
        0xcf, 0x90, 0x90, 0x90, 0x90,                               // ab  iret

        // b0: descriptors: none, code, data. c8: where they are.
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0xff, 0xff, 0x00, 0x00, 0x00, 0x9b, 0xcf, 0x00,
        0xff, 0xff, 0x00, 0x00, 0x00, 0x93, 0xcf, 0x00,
        0x17, 0x00, 0xb0, 0x00, 0x01, 0x00,

        // ce: where the interrupt vectors are: 40 is the only one, at d8, so they begin 40 * 8 before that.
        0x07, 0x02, 0xd8, 0xfe, 0x00, 0x00, 0x90, 0x90, 0x90, 0x90,
        0xa1, 0x00, 0x08, 0x00, 0x00, 0x8e, 0x01, 0x00,
    ];

    /// <summary>64 KiB of firmware that stops the processor for good, or jumps to <see cref="StepProgram"/>: the device is driven from outside.</summary>
    public static byte[] Image(QemuClock clock)
    {
        byte[] image = new byte[64 * 1024];
        Array.Fill(image, (byte)0xf4); // hlt
        ReadOnlySpan<byte> reset = clock == QemuClock.Stepped
            ? [0xea, 0x00, 0x00, 0x00, 0x10] // jmp 1000:0000
            : [0xfa, 0xf4, 0xeb, 0xfd]; // cli; hlt; and again
        reset.CopyTo(image.AsSpan(image.Length - 16)); // where an x86 begins
        return image;
    }
}
