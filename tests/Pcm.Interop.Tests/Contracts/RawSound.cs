using System.Buffers.Binary;

namespace Pcm.Interop.Tests.Contracts;

/// <summary>Enough of a driver to send any bytes to a virtio-sound device: control requests, and messages of any shape; it believes nothing.</summary>
internal sealed class RawSound : IVirtioInterrupts, IAsyncDisposable
{
    /// <summary>Bytes of data that a message has room for.</summary>
    public const int MessageBytes = 16384;

    private const int Messages = 16;
    private const int StatusBytes = 8;
    private const int SlotBytes = 8 + MessageBytes + StatusBytes;
    private const int ResponseOffset = 2048;
    private const int FirstSlot = 4096;

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10); // what comes, comes in a few ms; this only bounds a failure

    private readonly SemaphoreSlim _interrupts = new(0);
    private readonly VirtioTransport _transport;
    private DmaRegion? _memory;

    public RawSound(VirtioTransport transport)
    {
        _transport = transport;
        transport.Attach(this);
    }

    public NegotiatedDevice? Device { get; private set; }

    public int Disconnects { get; private set; }

    public async Task StartAsync()
    {
        Device = await VirtioHandshake.NegotiateAsync(
            _transport,
            new VirtioHandshakeOptions
            {
                DeviceId = 25,
                ConfigLength = static _ => 12,
                Queues = [new(64, 2), new(64, 0), new(64, 4), new(64, 4)],
            },
            TimeProvider.System);
        _memory ??= _transport.Dma.Allocate(FirstSlot + (Messages * SlotBytes), 16);
        Device.Start();
    }

    /// <summary>Sends a control request and returns what was written of the response; null: no answer.</summary>
    public async Task<byte[]?> SendAsync(byte[] request, int responseBytes)
    {
        SendControl(request, responseBytes);
        return await TakeAsync(0, s_soon) is (1, var written) ? _memory!.Span.Slice(ResponseOffset, (int)written).ToArray() : null;
    }

    /// <summary>The status of a request of 32-bit words; null: no answer.</summary>
    public async Task<uint?> AskAsync(params uint[] words)
    {
        byte[]? response = await SendAsync(Encode(words), 4);
        return response is null ? null : BinaryPrimitives.ReadUInt32LittleEndian(response);
    }

    /// <summary>Sends a request of 32-bit words that the device gives up at: true when it then wants a reset, and has answered nothing.</summary>
    public async Task<bool> BreaksAsync(params uint[] words)
    {
        SendControl(Encode(words), 4);
        long start = TimeProvider.System.GetTimestamp();
        while (!_transport.Status.HasFlag(VirtioStatus.NeedsReset))
        {
            if (!await _interrupts.WaitAsync(Left(start, s_soon)))
            {
                return false;
            }
        }

        return !Device!.Queues[0].TryTakeUsed(out _, out _);
    }

    /// <summary>Sends audio: 4 bytes of stream id, the data, and 8 bytes of room for the status.</summary>
    /// <param name="message">Below 16; not in flight.</param>
    /// <param name="stream">The id.</param>
    /// <param name="data">At most <see cref="MessageBytes"/>; may be none.</param>
    public void Play(ushort message, uint stream, ReadOnlySpan<byte> data)
    {
        (DmaSlice header, DmaSlice body, DmaSlice status) = Lay(message, stream, data.Length);
        data.CopyTo(Data(message));
        Send(2, data.IsEmpty ? [header] : [header, body], [status], message);
    }

    /// <summary>Asks for audio: 4 bytes of stream id, room for the data, and 8 bytes of room for the status.</summary>
    /// <param name="message">Below 16; not in flight.</param>
    /// <param name="stream">The id.</param>
    /// <param name="room">Bytes of data.</param>
    public void Record(ushort message, uint stream, int room)
    {
        (DmaSlice header, DmaSlice body, DmaSlice status) = Lay(message, stream, room);
        Send(3, [header], [body, status], message);
    }

    /// <summary>The data of a message.</summary>
    public Span<byte> Data(ushort message) => _memory!.Span.Slice(FirstSlot + (message * SlotBytes) + 8, MessageBytes);

    /// <summary>The status where it belongs: code and latency; the code is 0 when nobody wrote one.</summary>
    public (uint Code, uint Latency) Status(ushort message) => ReadStatus(_memory!.Span[(FirstSlot + (message * SlotBytes) + 8 + MessageBytes)..]);

    /// <summary>A code and a latency.</summary>
    public static (uint Code, uint Latency) ReadStatus(ReadOnlySpan<byte> bytes) =>
        (BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));

    /// <summary>The next message that comes back; null: none within the time.</summary>
    public async Task<(ushort Message, uint Written)?> TakeAsync(ushort queue, TimeSpan timeout)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (Device!.Queues[queue].TryTakeUsed(out ushort message, out uint written))
            {
                return (message, written);
            }

            if (!await _interrupts.WaitAsync(Left(start, timeout)))
            {
                return null;
            }
        }
    }

    public void OnQueue(ushort queue) => _interrupts.Release();

    public void OnConfigChanged() => _interrupts.Release();

    public void OnDisconnected()
    {
        Disconnects++;
        _interrupts.Release();
    }

    private static TimeSpan Left(long start, TimeSpan timeout)
    {
        TimeSpan left = timeout - TimeProvider.System.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static byte[] Encode(ReadOnlySpan<uint> words)
    {
        byte[] bytes = new byte[words.Length * 4];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), words[i]);
        }

        return bytes;
    }

    private void SendControl(ReadOnlySpan<byte> request, int responseBytes)
    {
        request.CopyTo(_memory!.Span);
        Send(0, [_memory.Slice(0, request.Length)], [_memory.Slice(ResponseOffset, responseBytes)], 1);
    }

    private (DmaSlice Header, DmaSlice Body, DmaSlice Status) Lay(ushort message, uint stream, int bytes)
    {
        int at = FirstSlot + (message * SlotBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(_memory!.Span[at..], stream);
        _memory.Span.Slice(at + 8 + MessageBytes, StatusBytes).Clear();
        return (_memory.Slice(at, 4), bytes == 0 ? default : _memory.Slice(at + 8, bytes), _memory.Slice(at + 8 + MessageBytes, StatusBytes));
    }

    private void Send(ushort queue, ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, ushort message)
    {
        Assert.True(Device!.Queues[queue].TryAdd(readable, writable, message));
        if (Device.Queues[queue].Publish())
        {
            _transport.Notify(queue);
        }
    }

    /// <summary>Resets the device and takes its queues back.</summary>
    public async Task StopAsync()
    {
        await Device!.DisposeAsync();
        Device = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (Device is not null)
        {
            await Device.DisposeAsync();
        }

        _memory?.Dispose();
        await _transport.DisposeAsync();
    }
}
