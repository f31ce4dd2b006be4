using System.Runtime.InteropServices;

namespace Pcm.Backends.Alsa;

/// <summary><c>snd_pcm_channel_area_t</c>: where a channel's samples are; offsets in bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChannelArea
{
    /// <summary>The memory.</summary>
    public nint Address;

    /// <summary>Bits to the first sample.</summary>
    public uint FirstBits;

    /// <summary>Bits from one sample to the next.</summary>
    public uint StepBits;
}

/// <summary><c>struct timespec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Timespec
{
    /// <summary>Seconds.</summary>
    public nint Seconds;

    /// <summary>Nanoseconds of the second.</summary>
    public nint Nanoseconds;

    /// <summary>All of it in nanoseconds.</summary>
    public readonly long TotalNs => ((long)Seconds * 1_000_000_000) + Nanoseconds;
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    /// <summary><c>POLLIN</c>.</summary>
    public const short In = 1;

    /// <summary>The descriptor.</summary>
    public int Descriptor;

    /// <summary>What to wait for.</summary>
    public short Events;

    /// <summary>What came.</summary>
    public short Returned;
}
