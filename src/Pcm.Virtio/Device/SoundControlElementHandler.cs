using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Answers the requests about single control elements (virtio 5.14.6.10.2 and 5.14.6.10.3). They wait for nothing.</summary>
/// <remarks>Thread safety: the device's executor only.</remarks>
internal sealed class SoundControlElementHandler(SoundControlTable table, Action<int, VirtioSoundControlEventMask> changed, Action<int> written)
{
    private const int StatusBytes = 4;

    private static int HeaderBytes => Unsafe.SizeOf<VirtioSoundControlHeader>();

    /// <summary>Carries a request out.</summary>
    /// <param name="code">ENUM_ITEMS to TLV_COMMAND.</param>
    /// <param name="chain">The request, and the room for the answer.</param>
    /// <param name="payload">Bytes written behind the place of the status, which is the caller's to write.</param>
    public VirtioSoundStatusCode Handle(VirtioSoundRequest code, in DescriptorChain chain, out int payload)
    {
        payload = 0;
        var header = default(VirtioSoundControlHeader);
        if (!chain.TryCopyTo(0, MemoryMarshal.AsBytes(new Span<VirtioSoundControlHeader>(ref header))) || header.ControlId >= (uint)table.Count)
        {
            return VirtioSoundStatusCode.BadMessage;
        }

        int id = (int)(uint)header.ControlId;
        if (!Allows(code, table.Options(id).Access))
        {
            return VirtioSoundStatusCode.NotSupported;
        }

        return code switch
        {
            VirtioSoundRequest.ControlEnumItems => NameItems(id, chain, out payload),
            VirtioSoundRequest.ControlRead => Read(id, chain, out payload),
            VirtioSoundRequest.ControlWrite => Write(id, chain),
            VirtioSoundRequest.ControlTlvRead => ReadTlv(id, chain, out payload),
            VirtioSoundRequest.ControlTlvWrite => WriteTlv(id, chain),
            _ => Command(id, chain),
        };
    }

    private static bool Allows(VirtioSoundRequest code, VirtioSoundControlAccess access) => (access & code switch
    {
        VirtioSoundRequest.ControlRead => VirtioSoundControlAccess.Read,
        VirtioSoundRequest.ControlWrite => VirtioSoundControlAccess.Write,
        VirtioSoundRequest.ControlTlvRead => VirtioSoundControlAccess.TlvRead,
        VirtioSoundRequest.ControlTlvWrite => VirtioSoundControlAccess.TlvWrite,
        VirtioSoundRequest.ControlTlvCommand => VirtioSoundControlAccess.TlvCommand,
        _ => (VirtioSoundControlAccess)uint.MaxValue, // names are for everyone
    }) != 0 || code == VirtioSoundRequest.ControlEnumItems;

    private VirtioSoundStatusCode NameItems(int id, in DescriptorChain chain, out int payload)
    {
        payload = 0;
        VirtioSoundControlOptions options = table.Options(id);
        int size = Unsafe.SizeOf<VirtioSoundControlEnumItem>(), count = options.Items.Count;
        if (options.Type != VirtioSoundControlType.Enumerated || chain.WritableLength < StatusBytes + ((long)count * size))
        {
            return VirtioSoundStatusCode.BadMessage;
        }

        for (int i = 0; i < count; i++)
        {
            VirtioSoundControlEnumItem item = table.Item(id, i);
            chain.TryCopyFrom(StatusBytes + ((long)i * size), item.Item); // there is room; memory that went away broke the queue
        }

        payload = count * size;
        return VirtioSoundStatusCode.Ok;
    }

    /// <summary>The whole union, or less of it when there is less room; never less than the values.</summary>
    private VirtioSoundStatusCode Read(int id, in DescriptorChain chain, out int payload)
    {
        VirtioSoundControlValue value = table.Read(id);
        payload = (int)Math.Min(chain.WritableLength - StatusBytes, value.Bytes.Length);
        if (payload < table.ValueBytes(id))
        {
            payload = 0;
            return VirtioSoundStatusCode.BadMessage;
        }

        chain.TryCopyFrom(StatusBytes, value.Bytes[..payload]);
        return VirtioSoundStatusCode.Ok;
    }

    private VirtioSoundStatusCode Write(int id, in DescriptorChain chain)
    {
        var value = default(VirtioSoundControlValue);
        int sent = (int)Math.Min(chain.ReadableLength - HeaderBytes, value.Bytes.Length);
        if (sent < table.ValueBytes(id) || !chain.TryCopyTo(HeaderBytes, value.Bytes[..sent]) || !table.TryWrite(id, value, out bool isNews))
        {
            return VirtioSoundStatusCode.BadMessage;
        }

        written(id);
        if (isNews)
        {
            changed(id, VirtioSoundControlEventMask.Value); // Linux's driver tells its users of a write only when the device does
        }

        return VirtioSoundStatusCode.Ok;
    }

    /// <summary>virtio 5.14.6.10.3: into a buffer that is too small goes what fits.</summary>
    private VirtioSoundStatusCode ReadTlv(int id, in DescriptorChain chain, out int payload)
    {
        ReadOnlySpan<byte> tlv = table.ReadTlv(id);
        payload = (int)Math.Clamp(chain.WritableLength - StatusBytes, 0, tlv.Length);
        chain.TryCopyFrom(StatusBytes, tlv[..payload]);
        return VirtioSoundStatusCode.Ok;
    }

    private VirtioSoundStatusCode WriteTlv(int id, in DescriptorChain chain)
    {
        if (!TryTakeTlv(chain, out byte[] tlv) || !table.TryWriteTlv(id, tlv))
        {
            return VirtioSoundStatusCode.BadMessage;
        }

        changed(id, VirtioSoundControlEventMask.Tlv);
        return VirtioSoundStatusCode.Ok;
    }

    private VirtioSoundStatusCode Command(int id, in DescriptorChain chain) =>
        TryTakeTlv(chain, out byte[] tlv) ? table.Options(id).TlvCommand!(tlv) : VirtioSoundStatusCode.BadMessage;

    /// <summary>A copy of the metadata in a request, sized by what is there; never by what it says.</summary>
    private static bool TryTakeTlv(in DescriptorChain chain, out byte[] tlv)
    {
        tlv = [];
        long length = chain.ReadableLength - HeaderBytes;
        if (length > Unsafe.SizeOf<VirtioSoundTlvHeader>() + ControlElementLimits.MaxTlvBytes)
        {
            return false;
        }

        tlv = new byte[Math.Max(0, length)];
        return chain.TryCopyTo(HeaderBytes, tlv) && VirtioSoundControlOptions.IsTlv(tlv);
    }
}
