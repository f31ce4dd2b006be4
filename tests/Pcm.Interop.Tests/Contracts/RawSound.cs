using System.Buffers.Binary;

namespace Pcm.Interop.Tests.Contracts;

/// <summary>Enough of a driver to send any bytes to a virtio-sound device: its control queue, and nothing else of it.</summary>
internal sealed class RawSound : IVirtioInterrupts, IAsyncDisposable
{
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
        _memory ??= _transport.Dma.Allocate(4096, 16);
        Device.Start();
    }

    /// <summary>Sends a control request and returns what was written of the response; null: no answer within the time.</summary>
    public async Task<byte[]?> SendAsync(byte[] request, int responseBytes, TimeSpan? timeout = null)
    {
        DriverVirtqueue control = Device!.Queues[0];
        request.CopyTo(_memory!.Span);
        Assert.True(control.TryAdd([_memory.Slice(0, request.Length)], [_memory.Slice(2048, responseBytes)], 1));
        if (control.Publish())
        {
            _transport.Notify(0);
        }

        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            while (control.TryTakeUsed(out ushort token, out uint written))
            {
                Assert.Equal(1, token);
                return _memory.Span.Slice(2048, (int)written).ToArray();
            }

            TimeSpan left = (timeout ?? TimeSpan.FromSeconds(10)) - TimeProvider.System.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || !await _interrupts.WaitAsync(left))
            {
                return null;
            }
        }
    }

    /// <summary>The status of a request of 32-bit words.</summary>
    public async Task<uint?> AskAsync(params uint[] words)
    {
        byte[] request = new byte[words.Length * 4];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(i * 4), words[i]);
        }

        byte[]? response = await SendAsync(request, 4, TimeSpan.FromMilliseconds(500));
        return response is null ? null : BinaryPrimitives.ReadUInt32LittleEndian(response);
    }

    public void OnQueue(ushort queue) => _interrupts.Release();

    public void OnConfigChanged() => _interrupts.Release();

    public void OnDisconnected()
    {
        Disconnects++;
        _interrupts.Release();
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
