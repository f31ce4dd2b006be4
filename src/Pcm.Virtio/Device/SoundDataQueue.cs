using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// The I/O queue of one direction: hands each message to its stream, and completes messages (virtio 5.14.6.8).
/// Lifetime: as the device; the virtqueue behind it comes and goes with the driver.
/// </summary>
/// <remarks>Thread safety: the device's executor only.</remarks>
internal sealed class SoundDataQueue(ushort index, PcmDirection direction, SoundStream[] streams, SoundDeviceContext context)
{
    public const int HeaderBytes = 4;
    public const int StatusBytes = 8;

    private VirtioDeviceBus? _bus;
    private DeviceVirtqueue? _queue;
    private readonly Queue<SoundStream> _arrivals = new(); // the streams that have messages of this turn
    private ushort[] _stale = []; // by a quirk, messages of the life before the last reset

    public void Attach(VirtioDeviceBus bus) => _bus = bus;

    /// <summary>The driver took the queue back: nothing of its messages is touched any more.</summary>
    public void Forget()
    {
        _queue = null;
        foreach (SoundStream stream in streams)
        {
            if (stream.Direction == direction)
            {
                stream.ForgetMessages();
            }
        }
    }

    public void Detach()
    {
        if (context.Has(VirtioSoundQuirks.StaleCompletionsAfterReset))
        {
            _stale = [.. streams.Where(stream => stream.Direction == direction).SelectMany(static stream => stream.HeldHeads)];
        }

        _queue = null;
        _bus = null;
    }

    /// <summary>Takes what the driver made available, then lets the streams work on it.</summary>
    public void Collect()
    {
        if (_bus is null || !_bus.TryGetQueue(index, out _queue))
        {
            return;
        }

        foreach (ushort head in _stale)
        {
            _queue.PushStale(head, StatusBytes);
        }

        _stale = [];
        while (_queue.TryPop(out DescriptorChain chain))
        {
            Judge(chain);
        }

        // Only those that got something: with a thousand streams a visit to each at every notification was a fifth of all the work.
        while (_arrivals.TryDequeue(out SoundStream? stream))
        {
            stream.IsListed = false;
            stream.MessagesArrived();
        }

        Publish();
    }

    /// <summary>The chain of a message held by a stream. The queue is there: when it goes, the streams forget their messages at once.</summary>
    public DescriptorChain Open(ushort head) => _queue!.Open(head);

    /// <summary>Completes a playback message.</summary>
    public void CompleteOutput(ushort head, VirtioSoundStatusCode status, uint latencyBytes)
    {
        DescriptorChain chain = Open(head);
        _queue!.Push(head, TryWriteStatus(chain, 0, status, latencyBytes) ? StatusBytes : 0u);
    }

    /// <summary>
    /// Completes a capture message with <paramref name="bytes"/> of audio. The status goes to the last 8 bytes, however much was captured: the
    /// text has it behind the buffer, and that is where drivers look.
    /// </summary>
    public void CompleteInput(ushort head, VirtioSoundStatusCode status, uint latencyBytes, long bytes)
    {
        DescriptorChain chain = Open(head);
        long room = chain.WritableLength - StatusBytes;
        if (context.Has(VirtioSoundQuirks.StatusBehindData))
        {
            _queue!.Push(head, TryWriteStatus(chain, bytes, status, latencyBytes) ? (uint)(StatusBytes + bytes) : 0u);
            return;
        }

        // The used length counts from the first byte: with a short fill, what it covers behind the audio must have been written too (virtio 2.7.8.2).
        Span<byte> zeros = stackalloc byte[StatusBytes];
        zeros.Clear();
        bool filled = chain.TryCopyFrom(bytes, zeros[..(int)Math.Min(StatusBytes, room - bytes)]);
        _queue!.Push(head, filled && TryWriteStatus(chain, room, status, latencyBytes) ? (uint)Math.Min(StatusBytes + bytes, uint.MaxValue) : 0u);
    }

    /// <summary>Shows the driver what was completed.</summary>
    public void Publish() => _bus?.Publish(index);

    private static bool TryWriteStatus(in DescriptorChain chain, long offset, VirtioSoundStatusCode status, uint latencyBytes)
    {
        var trailer = new VirtioSoundPcmStatus { Status = (uint)status, LatencyBytes = latencyBytes };
        return chain.TryCopyFrom(offset, MemoryMarshal.AsBytes(new ReadOnlySpan<VirtioSoundPcmStatus>(in trailer)));
    }

    private void Judge(in DescriptorChain chain)
    {
        if (chain.WritableLength < StatusBytes)
        {
            _queue!.Push(chain.Head, 0); // no room to say what is wrong
            return;
        }

        long bytes = direction == PcmDirection.Playback ? chain.ReadableLength - HeaderBytes : chain.WritableLength - StatusBytes;
        SoundStream? stream = Find(chain);
        if (stream is { Direction: PcmDirection.Capture } && bytes < stream.PeriodBytes && context.Has(VirtioSoundQuirks.ShortCaptureMessageKills))
        {
            context.Bus.Fail();
            return;
        }

        if (stream is not null && stream.TrySubmit(chain.Head, bytes))
        {
            if (!stream.IsListed)
            {
                stream.IsListed = true;
                _arrivals.Enqueue(stream);
            }

            return;
        }

        if (direction == PcmDirection.Playback)
        {
            CompleteOutput(chain.Head, VirtioSoundStatusCode.IOError, 0);
        }
        else
        {
            CompleteInput(chain.Head, VirtioSoundStatusCode.IOError, 0, 0);
        }
    }

    /// <summary>The stream the header names, read once; null when there is none of this direction.</summary>
    private SoundStream? Find(in DescriptorChain chain)
    {
        var header = default(VirtioSoundPcmTransfer);
        if (!chain.TryCopyTo(0, MemoryMarshal.AsBytes(new Span<VirtioSoundPcmTransfer>(ref header))))
        {
            return null;
        }

        uint id = header.StreamId;
        return id < (uint)streams.Length && streams[id].Direction == direction ? streams[id] : null;
    }
}
