namespace Pcm;

/// <summary>The hardware parameters (<c>SNDRV_PCM_HW_PARAM_*</c>, with the kernel's numbers): three masks and twelve intervals.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmHwParameter
{
    /// <summary>Mask of <see cref="PcmAccess"/>.</summary>
    Access = 0,

    /// <summary>Mask of <see cref="PcmFormat"/>.</summary>
    Format = 1,

    /// <summary>Mask of <see cref="PcmSubformat"/>.</summary>
    Subformat = 2,

    /// <summary>Bits a sample takes in memory.</summary>
    SampleBits = 8,

    /// <summary>Bits a frame takes in memory.</summary>
    FrameBits = 9,

    /// <summary>Channels.</summary>
    Channels = 10,

    /// <summary>Frames per second, in hertz.</summary>
    Rate = 11,

    /// <summary>Time between interrupts in microseconds.</summary>
    PeriodTime = 12,

    /// <summary>Time between interrupts in frames.</summary>
    PeriodSize = 13,

    /// <summary>Time between interrupts in bytes.</summary>
    PeriodBytes = 14,

    /// <summary>Interrupts per buffer.</summary>
    Periods = 15,

    /// <summary>Length of the buffer in microseconds.</summary>
    BufferTime = 16,

    /// <summary>Length of the buffer in frames.</summary>
    BufferSize = 17,

    /// <summary>Length of the buffer in bytes.</summary>
    BufferBytes = 18,

    /// <summary>Tick of the device's clock in microseconds. No rule looks at it.</summary>
    TickTime = 19,
}
