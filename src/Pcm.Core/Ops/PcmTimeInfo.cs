namespace Pcm;

/// <summary>What an audio time stamp counts (<c>SNDRV_PCM_AUDIO_TSTAMP_TYPE_*</c>).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmAudioTimestampType
{
    /// <summary>The link clock where there is one, else <see cref="Default"/>; no report.</summary>
    Compat = 0,

    /// <summary>Derived from the position.</summary>
    Default = 1,

    /// <summary>The link clock, reset at start.</summary>
    Link = 2,

    /// <summary>The link clock, never reset.</summary>
    LinkAbsolute = 3,

    /// <summary>The link clock, estimated.</summary>
    LinkEstimated = 4,

    /// <summary>The link clock, synchronized with system time.</summary>
    LinkSynchronized = 5,
}

/// <summary>A time stamp that the hardware took itself.</summary>
/// <remarks>Thread safety: a value.</remarks>
public struct PcmTimeInfo : IEquatable<PcmTimeInfo>
{
    /// <summary>In: the type asked for. Out: the type delivered; <see cref="PcmAudioTimestampType.Default"/> lets the core derive it.</summary>
    public PcmAudioTimestampType Type { get; set; }

    /// <summary>System time of the stamp, nanoseconds of the core's clock.</summary>
    public long SystemNs { get; set; }

    /// <summary>Audio time, nanoseconds.</summary>
    public long AudioNs { get; set; }

    /// <summary>Accuracy in nanoseconds; 0 = not reported.</summary>
    public uint AccuracyNs { get; set; }

    /// <inheritdoc/>
    public readonly bool Equals(PcmTimeInfo other) =>
        Type == other.Type && SystemNs == other.SystemNs && AudioNs == other.AudioNs && AccuracyNs == other.AccuracyNs;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is PcmTimeInfo other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Type, SystemNs, AudioNs, AccuracyNs);

    /// <summary>Equality by value.</summary>
    public static bool operator ==(PcmTimeInfo left, PcmTimeInfo right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(PcmTimeInfo left, PcmTimeInfo right) => !left.Equals(right);
}
