namespace Pcm;

/// <summary>Every ALSA sample format, with the kernel's numbers (<c>SNDRV_PCM_FORMAT_*</c>). Widths and silence: <see cref="PcmFormatInfo"/>.</summary>
/// <remarks>29 and 30 are unassigned in the kernel. Thread safety: an enum.</remarks>
public enum PcmFormat
{
    /// <summary>Signed 8 bit.</summary>
    S8 = 0,

    /// <summary>Unsigned 8 bit; silence is 0x80.</summary>
    U8 = 1,

    /// <summary>Signed 16 bit, little-endian.</summary>
    S16LE = 2,

    /// <summary>Signed 16 bit, big-endian.</summary>
    S16BE = 3,

    /// <summary>Unsigned 16 bit, little-endian.</summary>
    U16LE = 4,

    /// <summary>Unsigned 16 bit, big-endian.</summary>
    U16BE = 5,

    /// <summary>Signed 24 bit in the low three bytes of four, little-endian.</summary>
    S24LE = 6,

    /// <summary>Signed 24 bit in the low three bytes of four, big-endian.</summary>
    S24BE = 7,

    /// <summary>Unsigned 24 bit in the low three bytes of four, little-endian.</summary>
    U24LE = 8,

    /// <summary>Unsigned 24 bit in the low three bytes of four, big-endian.</summary>
    U24BE = 9,

    /// <summary>Signed 32 bit, little-endian.</summary>
    S32LE = 10,

    /// <summary>Signed 32 bit, big-endian.</summary>
    S32BE = 11,

    /// <summary>Unsigned 32 bit, little-endian.</summary>
    U32LE = 12,

    /// <summary>Unsigned 32 bit, big-endian.</summary>
    U32BE = 13,

    /// <summary>IEEE float of 32 bit, little-endian (the kernel's FLOAT_LE).</summary>
    Float32LE = 14,

    /// <summary>IEEE float of 32 bit, big-endian.</summary>
    Float32BE = 15,

    /// <summary>IEEE float of 64 bit, little-endian.</summary>
    Float64LE = 16,

    /// <summary>IEEE float of 64 bit, big-endian.</summary>
    Float64BE = 17,

    /// <summary>IEC 958 subframe, little-endian.</summary>
    Iec958SubframeLE = 18,

    /// <summary>IEC 958 subframe, big-endian.</summary>
    Iec958SubframeBE = 19,

    /// <summary>G.711 mu-law.</summary>
    MuLaw = 20,

    /// <summary>G.711 A-law.</summary>
    ALaw = 21,

    /// <summary>IMA ADPCM, 4 bit.</summary>
    ImaAdpcm = 22,

    /// <summary>MPEG audio; no fixed width.</summary>
    Mpeg = 23,

    /// <summary>GSM; no fixed width.</summary>
    Gsm = 24,

    /// <summary>Signed 20 bit in the low bits of four bytes, little-endian.</summary>
    S20LE = 25,

    /// <summary>Signed 20 bit in the low bits of four bytes, big-endian.</summary>
    S20BE = 26,

    /// <summary>Unsigned 20 bit in the low bits of four bytes, little-endian.</summary>
    U20LE = 27,

    /// <summary>Unsigned 20 bit in the low bits of four bytes, big-endian.</summary>
    U20BE = 28,

    /// <summary>Defined by the driver.</summary>
    Special = 31,

    /// <summary>Signed 24 bit in three bytes, little-endian (S24_3LE).</summary>
    S24In3LE = 32,

    /// <summary>Signed 24 bit in three bytes, big-endian.</summary>
    S24In3BE = 33,

    /// <summary>Unsigned 24 bit in three bytes, little-endian.</summary>
    U24In3LE = 34,

    /// <summary>Unsigned 24 bit in three bytes, big-endian.</summary>
    U24In3BE = 35,

    /// <summary>Signed 20 bit in three bytes, little-endian.</summary>
    S20In3LE = 36,

    /// <summary>Signed 20 bit in three bytes, big-endian.</summary>
    S20In3BE = 37,

    /// <summary>Unsigned 20 bit in three bytes, little-endian.</summary>
    U20In3LE = 38,

    /// <summary>Unsigned 20 bit in three bytes, big-endian.</summary>
    U20In3BE = 39,

    /// <summary>Signed 18 bit in three bytes, little-endian.</summary>
    S18In3LE = 40,

    /// <summary>Signed 18 bit in three bytes, big-endian.</summary>
    S18In3BE = 41,

    /// <summary>Unsigned 18 bit in three bytes, little-endian.</summary>
    U18In3LE = 42,

    /// <summary>Unsigned 18 bit in three bytes, big-endian.</summary>
    U18In3BE = 43,

    /// <summary>G.723 at 24 kbit/s: 8 samples in 3 bytes.</summary>
    G72324 = 44,

    /// <summary>G.723 at 24 kbit/s: 1 sample in 1 byte.</summary>
    G72324In1 = 45,

    /// <summary>G.723 at 40 kbit/s: 8 samples in 5 bytes.</summary>
    G72340 = 46,

    /// <summary>G.723 at 40 kbit/s: 1 sample in 1 byte.</summary>
    G72340In1 = 47,

    /// <summary>DSD, 8 one-bit samples in a byte; silence is 0x69.</summary>
    DsdU8 = 48,

    /// <summary>DSD, 16 one-bit samples, little-endian.</summary>
    DsdU16LE = 49,

    /// <summary>DSD, 32 one-bit samples, little-endian.</summary>
    DsdU32LE = 50,

    /// <summary>DSD, 16 one-bit samples, big-endian.</summary>
    DsdU16BE = 51,

    /// <summary>DSD, 32 one-bit samples, big-endian.</summary>
    DsdU32BE = 52,
}
