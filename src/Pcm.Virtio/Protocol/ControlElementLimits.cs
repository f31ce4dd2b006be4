namespace Pcm.Virtio;

/// <summary>How many values a control element of each type can have, and what they take (virtio 5.14.6.10).</summary>
internal static class ControlElementLimits
{
    /// <summary>Items of an enumeration that a driver believes; more would not fit a person's screen either.</summary>
    public const int MaxItems = 1024;

    /// <summary>The most bytes of metadata behind its header (virtio 5.14.6.10.3).</summary>
    public const int MaxTlvBytes = 65536;

    /// <summary>Whether the wire's value is a type.</summary>
    public static bool IsType(uint type) => type <= (uint)VirtioSoundControlType.Iec958;

    /// <summary>The most values; 0 for what is no type.</summary>
    public static int MaxCount(VirtioSoundControlType type) => type switch
    {
        VirtioSoundControlType.Boolean or VirtioSoundControlType.Integer or VirtioSoundControlType.Enumerated => 128,
        VirtioSoundControlType.Integer64 => 64,
        VirtioSoundControlType.Bytes => 512,
        VirtioSoundControlType.Iec958 => 1,
        _ => 0,
    };

    /// <summary>Bytes of the union that count values take.</summary>
    public static int ValueBytes(VirtioSoundControlType type, int count) => type switch
    {
        VirtioSoundControlType.Integer64 => count * sizeof(ulong),
        VirtioSoundControlType.Bytes => count,
        VirtioSoundControlType.Iec958 => System.Runtime.CompilerServices.Unsafe.SizeOf<VirtioSoundIec958>(),
        _ => count * sizeof(uint),
    };
}
