using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pcm.Virtio;

namespace Pcm.Fuzz;

/// <summary>What a sound device that means well answers.</summary>
internal static class HonestAnswer
{
    /// <summary>Writes the answer to <paramref name="chain"/>'s request.</summary>
    /// <returns>Its bytes.</returns>
    public static int Compose(in DescriptorChain chain, Span<byte> answer)
    {
        Span<byte> request = stackalloc byte[16];
        request.Clear();
        chain.TryCopyTo(0, request[..(int)Math.Min(16, chain.ReadableLength)]);
        var code = (VirtioSoundRequest)BinaryPrimitives.ReadUInt32LittleEndian(request);
        uint first = BinaryPrimitives.ReadUInt32LittleEndian(request[4..]), count = BinaryPrimitives.ReadUInt32LittleEndian(request[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(answer, 0x8000);
        int size = code switch
        {
            VirtioSoundRequest.JackInfo or VirtioSoundRequest.ChmapInfo => 24,
            VirtioSoundRequest.PcmInfo => 32,
            VirtioSoundRequest.ControlInfo => 96,
            VirtioSoundRequest.ControlEnumItems => 64,
            VirtioSoundRequest.ControlRead => 512,
            _ => 0,
        };
        if (size == 0)
        {
            return code == VirtioSoundRequest.ControlTlvRead ? answer.Length : 4;
        }

        for (int i = 0; i < (answer.Length - 4) / size; i++)
        {
            Describe(code, first + (uint)i, answer.Slice(4 + (i * size), size));
        }

        return count > 4096 && code <= VirtioSoundRequest.ControlInfo ? 4 : 4 + ((answer.Length - 4) / size * size);
    }

    private static void Describe(VirtioSoundRequest code, uint id, Span<byte> item)
    {
        switch (code)
        {
            case VirtioSoundRequest.PcmInfo:
                MemoryMarshal.Write(item, new VirtioSoundPcmInfo
                {
                    Features = 0x14, Formats = 0x2_0020, Rates = 0xC0, Direction = (byte)(id % 2), ChannelsMin = 1, ChannelsMax = 2,
                });
                break;
            case VirtioSoundRequest.JackInfo:
                MemoryMarshal.Write(item, new VirtioSoundJackInfo { Features = 1, DefaultConfiguration = 0x0221_4110 });
                break;
            case VirtioSoundRequest.ChmapInfo:
                item[4] = (byte)(id % 2);
                item[5] = 2;
                item[6] = 3;
                item[7] = 4;
                break;
            case VirtioSoundRequest.ControlInfo:
                var info = new VirtioSoundControlInfo { Type = id == 1 ? 3u : 0u, Access = 0x7F, Count = 1, Index = id, EnumeratedItems = 3 };
                "Control"u8.CopyTo(info.Name);
                MemoryMarshal.Write(item, in info);
                break;
            case VirtioSoundRequest.ControlEnumItems:
                "Item"u8.CopyTo(item);
                break;
        }
    }
}
