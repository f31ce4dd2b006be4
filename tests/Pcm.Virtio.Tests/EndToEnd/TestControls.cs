using System.Buffers.Binary;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>A control element of every type, and two jacks and three channel maps to go with them.</summary>
internal static class TestControls
{
    public const int Switch = 0, Volume = 1, Wide = 2, Source = 3, Blob = 4, Digital = 5, Silent = 6;

    public static byte[] Scale { get; } = Tlv(1, -9600, 50);

    public static VirtioSoundJackOptions[] Jacks { get; } =
    [
        new() { HdaFunctionNode = 0, Features = VirtioSoundJackFeatures.Remap, DefaultConfiguration = 0x0221_4110, Capabilities = 0x1C, IsConnected = true },
        new() { HdaFunctionNode = 1, DefaultConfiguration = 0x02A1_9020 },
        new() { HdaFunctionNode = 1, DefaultConfiguration = 0x1856_01F0 },
    ];

    public static VirtioSoundChannelMapOptions[] Maps { get; } =
    [
        new() { Direction = PcmDirection.Playback, Positions = [VirtioSoundChannel.FrontLeft, VirtioSoundChannel.FrontRight] },
        new() { Direction = PcmDirection.Playback, Positions = [VirtioSoundChannel.FrontRight, VirtioSoundChannel.FrontLeft] },
        new() { Direction = PcmDirection.Playback, Positions = [VirtioSoundChannel.Mono] },
    ];

    public static VirtioSoundControlOptions[] All() =>
    [
        new() { Name = "Master Playback Switch", Type = VirtioSoundControlType.Boolean, Count = 2, Role = VirtioSoundControlRole.Mute },
        new()
        {
            Name = "Master Playback Volume", Type = VirtioSoundControlType.Integer, Count = 2, Role = VirtioSoundControlRole.Volume, Minimum = -96, Maximum = 31, Step = 1,
            Access = VirtioSoundControlAccess.Read | VirtioSoundControlAccess.Write | VirtioSoundControlAccess.TlvRead | VirtioSoundControlAccess.TlvWrite | VirtioSoundControlAccess.TlvCommand,
            Tlv = Scale,
            TlvCommand = static tlv => tlv.Span[0] == 7 ? VirtioSoundStatusCode.Ok : VirtioSoundStatusCode.IOError,
        },
        new()
        {
            Name = "Frame Counter", Type = VirtioSoundControlType.Integer64, Minimum = long.MinValue, Maximum = long.MaxValue - 1,
            Access = VirtioSoundControlAccess.Read | VirtioSoundControlAccess.Write | VirtioSoundControlAccess.Volatile,
        },
        new() { Name = "Capture Source", Type = VirtioSoundControlType.Enumerated, Items = ["Mic", "Line", "CD"], Direction = PcmDirection.Capture, Role = VirtioSoundControlRole.Gain, Index = 1 },
        new() { Name = "Coefficients", Type = VirtioSoundControlType.Bytes, Count = 512 },
        new() { Name = "IEC958 Playback Default", Type = VirtioSoundControlType.Iec958 },
        new() { Name = "Master Playback Volume", Index = 1, Type = VirtioSoundControlType.Integer, Maximum = 10, Access = VirtioSoundControlAccess.None },
    ];

    public static VirtioSoundDeviceOptions Options() => new() { Jacks = Jacks, ChannelMaps = Maps, Controls = All() };

    /// <summary>Header and values.</summary>
    public static byte[] Tlv(uint type, params int[] values)
    {
        byte[] bytes = new byte[8 + (4 * values.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, type);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), 4 * values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8 + (4 * i)), values[i]);
        }

        return bytes;
    }
}
