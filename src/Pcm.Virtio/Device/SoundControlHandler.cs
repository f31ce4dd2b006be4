using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// Answers the control queue (virtio 5.14.6). Requests about streams are answered by the stream, in order for each; the others at once.
/// Whatever a driver sends comes back: with a status if there is room for one.
/// </summary>
/// <remarks>Requests are copied once and judged from the copy; sizes are computed in 64 bits. Thread safety: the device's executor only.</remarks>
internal sealed class SoundControlHandler(SoundDeviceContext context, SoundDeviceItems items, SoundControlElementHandler elements)
{
    private const int StatusBytes = 4;

    // More than any version of an item will have; bounds what a driver can make the device clear.
    private const uint MaxItemBytes = 4096;

    private VirtioDeviceBus? _bus;

    private enum ItemKind
    {
        Jack,
        Stream,
        ChannelMap,
        Control,
    }

    public void Attach(VirtioDeviceBus? bus) => _bus = bus;

    /// <summary>Takes and handles every request there is.</summary>
    public void Process()
    {
        if (_bus is null || !_bus.TryGetQueue(VirtioSoundQueues.Control, out DeviceVirtqueue? queue))
        {
            return;
        }

        while (!context.IsHung && queue.TryPop(out DescriptorChain chain))
        {
            Handle(queue, chain);
        }

        _bus.Publish(VirtioSoundQueues.Control);
    }

    /// <summary>Gives a request back with a status. Harmless when its queue was taken away meanwhile.</summary>
    public static void Respond(DeviceVirtqueue queue, ushort head, VirtioSoundStatusCode status)
    {
        var header = new VirtioSoundHeader { Code = (uint)status };
        bool written = queue.Open(head).TryCopyFrom(0, MemoryMarshal.AsBytes(new ReadOnlySpan<VirtioSoundHeader>(in header)));
        queue.Push(head, written ? StatusBytes : 0u);
    }

    private void Handle(DeviceVirtqueue queue, in DescriptorChain chain)
    {
        if (!TryRead(chain, out VirtioSoundHeader header))
        {
            if (context.Has(VirtioSoundQuirks.ShortRequestIsLost))
            {
                return;
            }

            Respond(queue, chain.Head, VirtioSoundStatusCode.BadMessage);
            return;
        }

        var code = (VirtioSoundRequest)(uint)header.Code;
        switch (code)
        {
            case VirtioSoundRequest.JackInfo when context.Has(VirtioSoundQuirks.JackInfoNotSupported):
            case VirtioSoundRequest.ChmapInfo when context.Has(VirtioSoundQuirks.ChannelMapInfoNotSupported):
                Respond(queue, chain.Head, VirtioSoundStatusCode.NotSupported);
                break;
            case VirtioSoundRequest.JackInfo when context.Has(VirtioSoundQuirks.JackInfoBadMessage):
                Respond(queue, chain.Head, VirtioSoundStatusCode.BadMessage);
                break;
            case VirtioSoundRequest.JackInfo:
                Query(queue, chain, ItemKind.Jack, items.Jacks.Length, Unsafe.SizeOf<VirtioSoundJackInfo>());
                break;
            case VirtioSoundRequest.PcmInfo:
                Query(queue, chain, ItemKind.Stream, items.Streams.Length, Unsafe.SizeOf<VirtioSoundPcmInfo>());
                break;
            case VirtioSoundRequest.ChmapInfo:
                Query(queue, chain, ItemKind.ChannelMap, items.ChannelMaps.Length, Unsafe.SizeOf<VirtioSoundChmapInfo>());
                break;
            case VirtioSoundRequest.ControlInfo when context.HasControls:
                Query(queue, chain, ItemKind.Control, items.Controls.Count, Unsafe.SizeOf<VirtioSoundControlInfo>());
                break;
            case >= VirtioSoundRequest.ControlEnumItems and <= VirtioSoundRequest.ControlTlvCommand when context.HasControls:
                HandleElement(queue, chain, code);
                break;
            case VirtioSoundRequest.JackRemap:
                Respond(queue, chain.Head, Remap(chain));
                break;
            case VirtioSoundRequest.PcmSetParams:
                SetParams(queue, chain);
                break;
            case VirtioSoundRequest.PcmPrepare:
                Command(queue, chain, SoundStreamCommand.Prepare);
                break;
            case VirtioSoundRequest.PcmRelease:
                Command(queue, chain, SoundStreamCommand.Release);
                break;
            case VirtioSoundRequest.PcmStart:
                Command(queue, chain, SoundStreamCommand.Start);
                break;
            case VirtioSoundRequest.PcmStop:
                Command(queue, chain, SoundStreamCommand.Stop);
                break;
            default:
                HandleUnknown(queue, chain, code);
                break;
        }
    }

    private void HandleUnknown(DeviceVirtqueue queue, in DescriptorChain chain, VirtioSoundRequest code)
    {
        bool isControl = code is >= VirtioSoundRequest.ControlInfo and <= VirtioSoundRequest.ControlTlvCommand; // known, and not agreed on
        if (!isControl && context.Has(VirtioSoundQuirks.UnknownRequestHangs))
        {
            context.IsHung = true;
            return;
        }

        Respond(queue, chain.Head, VirtioSoundStatusCode.NotSupported);
    }

    private void HandleElement(DeviceVirtqueue queue, in DescriptorChain chain, VirtioSoundRequest code)
    {
        if (chain.WritableLength < StatusBytes)
        {
            queue.Push(chain.Head, 0); // nothing is done that could not be answered
            return;
        }

        VirtioSoundStatusCode status = elements.Handle(code, chain, out int payload);
        var header = new VirtioSoundHeader { Code = (uint)status };
        bool written = chain.TryCopyFrom(0, Bytes(in header));
        queue.Push(chain.Head, written ? (uint)(StatusBytes + payload) : 0);
    }

    /// <summary>Answers a request that names no stream of the device.</summary>
    private void RefuseStream(DeviceVirtqueue queue, ushort head, VirtioSoundRequest code, bool isShort)
    {
        if (!isShort && code is VirtioSoundRequest.PcmSetParams or VirtioSoundRequest.PcmRelease && context.Has(VirtioSoundQuirks.UnknownStreamKills))
        {
            context.Bus.Fail();
            return;
        }

        Respond(queue, head, VirtioSoundStatusCode.BadMessage);
    }

    private void SetParams(DeviceVirtqueue queue, in DescriptorChain chain)
    {
        bool isWhole = TryRead(chain, out VirtioSoundPcmSetParams request);
        if (isWhole && request.StreamId < (uint)items.Streams.Length)
        {
            items.Streams[request.StreamId].Enqueue(new SoundStreamWork(SoundStreamCommand.SetParams, queue, chain.Head, request));
        }
        else
        {
            RefuseStream(queue, chain.Head, VirtioSoundRequest.PcmSetParams, !isWhole);
        }
    }

    private void Command(DeviceVirtqueue queue, in DescriptorChain chain, SoundStreamCommand command)
    {
        bool isWhole = TryRead(chain, out VirtioSoundPcmHeader request);
        if (isWhole && request.StreamId < (uint)items.Streams.Length)
        {
            items.Streams[request.StreamId].Enqueue(new SoundStreamWork(command, queue, chain.Head));
        }
        else
        {
            RefuseStream(queue, chain.Head, (VirtioSoundRequest)(uint)request.Code, !isWhole);
        }
    }

    private VirtioSoundStatusCode Remap(in DescriptorChain chain) => TryRead(chain, out VirtioSoundJackRemap request) && request.JackId < (uint)items.Jacks.Length
        ? items.Jacks[request.JackId].Remap(request.Association, request.Sequence)
        : VirtioSoundStatusCode.BadMessage;

    private void Query(DeviceVirtqueue queue, in DescriptorChain chain, ItemKind kind, int total, int knownBytes)
    {
        if (!TryRead(chain, out VirtioSoundQuery query)
            || (ulong)(uint)query.StartId + query.Count > (ulong)total
            || query.Size > MaxItemBytes
            || chain.WritableLength < StatusBytes + ((long)(uint)query.Count * query.Size))
        {
            Respond(queue, chain.Head, VirtioSoundStatusCode.BadMessage);
            return;
        }

        int start = (int)(uint)query.StartId, count = (int)(uint)query.Count;
        int itemBytes = context.Has(VirtioSoundQuirks.IgnoresItemSize) ? knownBytes : (int)(uint)query.Size;
        Span<byte> item = stackalloc byte[(int)MaxItemBytes];
        item = item[..itemBytes];
        item.Clear(); // what a driver knows of an item beyond ours is 0
        bool written = true;
        for (int i = 0; i < count && written; i++)
        {
            CopyItem(kind, start + i, item[..Math.Min(itemBytes, knownBytes)]);
            written = chain.TryCopyFrom(StatusBytes + ((long)i * itemBytes), item);
        }

        var header = new VirtioSoundHeader { Code = (uint)VirtioSoundStatusCode.Ok };
        written = written && chain.TryCopyFrom(0, MemoryMarshal.AsBytes(new ReadOnlySpan<VirtioSoundHeader>(in header)));
        queue.Push(chain.Head, written ? (uint)(StatusBytes + (count * itemBytes)) : 0);
    }

    /// <summary>A copy of the request's first bytes. False when the request is shorter.</summary>
    private static bool TryRead<T>(in DescriptorChain chain, out T request)
        where T : unmanaged
    {
        request = default;
        return chain.TryCopyTo(0, MemoryMarshal.AsBytes(new Span<T>(ref request)));
    }

    /// <summary>Copies the start of an item, as much as the driver knows of it.</summary>
    private void CopyItem(ItemKind kind, int index, Span<byte> destination)
    {
        switch (kind)
        {
            case ItemKind.Jack:
                VirtioSoundJackInfo jack = items.Jacks[index].Info;
                Bytes(in jack)[..destination.Length].CopyTo(destination);
                break;
            case ItemKind.Stream:
                VirtioSoundPcmInfo stream = items.StreamInfos[index];
                if (context.Has(VirtioSoundQuirks.ChannelsMaxFollowsPrepare) && items.Streams[index].PreparedChannels is > 0 and int channels)
                {
                    stream = stream with { ChannelsMax = (byte)channels };
                }

                Bytes(in stream)[..destination.Length].CopyTo(destination);
                break;
            case ItemKind.Control:
                Bytes(in items.Controls.Info(index))[..destination.Length].CopyTo(destination);
                break;
            default:
                Bytes(in items.ChannelMaps[index])[..destination.Length].CopyTo(destination);
                break;
        }
    }

    private static ReadOnlySpan<byte> Bytes<T>(in T item)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in item));
}
