using System.Buffers.Binary;

namespace Pcm.Interop.Tests.Contracts;

/// <summary>What every transport does, whatever lies between driver and device.</summary>
public abstract class VirtioTransportContract
{
    private const uint PcmInfo = 0x100;

    /// <summary>A virtio-sound device with two streams; null-backed.</summary>
    protected abstract ValueTask<VirtioTransport> ConnectAsync();

    [Fact]
    public async Task Device_BeforeAnything_IsASoundDeviceInReset()
    {
        VirtioTransport transport = await ConnectAsync();
        await using var sound = new RawSound(transport);
        Assert.Equal(25u, transport.DeviceId);
        Assert.Equal(VirtioStatus.None, transport.Status);
        Assert.True(transport.DeviceFeatures.HasFlag(VirtioFeatures.Version1));
        Assert.All(Enumerable.Range(0, 4), queue => Assert.InRange(transport.GetMaxQueueSize((ushort)queue), 2, VirtqueueLayout.MaxSize));
        Assert.Equal(0, transport.GetMaxQueueSize(4));
        Assert.All(Enumerable.Range(0, 4), queue => Assert.False(transport.IsQueueEnabled((ushort)queue)));
    }

    [Fact]
    public async Task Handshake_GivesQueuesAndConfig()
    {
        VirtioTransport transport = await ConnectAsync();
        await using var sound = new RawSound(transport);
        await sound.StartAsync();
        Assert.Equal(VirtioStatus.Acknowledge | VirtioStatus.Driver | VirtioStatus.FeaturesOk | VirtioStatus.DriverOk, transport.Status);
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(sound.Device!.Config.Span[4..]));
        Assert.All(Enumerable.Range(0, 4), queue => Assert.True(transport.IsQueueEnabled((ushort)queue)));
    }

    [Fact]
    public async Task Request_IsAnswered_AndTheInterruptComes()
    {
        await using var sound = new RawSound(await ConnectAsync());
        await sound.StartAsync();
        for (int i = 0; i < 100; i++)
        {
            byte[] request = new byte[16];
            BinaryPrimitives.WriteUInt32LittleEndian(request, PcmInfo);
            BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(8), 2);
            BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(12), 32);
            byte[]? response = await sound.SendAsync(request, 68);
            Assert.Equal(68, response?.Length);
            Assert.Equal(0x8000u, BinaryPrimitives.ReadUInt32LittleEndian(response));
        }
    }

    [Fact]
    public async Task Reset_AndHandshake_AgainAndAgain_WorksAndLeaksNothing()
    {
        VirtioTransport transport = await ConnectAsync();
        await using (var sound = new RawSound(transport))
        {
            await sound.StartAsync();
            long live = transport.Dma.LiveBytes;
            for (int i = 0; i < 10; i++)
            {
                await sound.StopAsync();
                Assert.Equal(VirtioStatus.None, transport.Status);
                await sound.StartAsync();
                Assert.True(await sound.AskAsync(0x666, 0) is 0x8001 or 0x8002); // BAD_MSG or NOT_SUPP: a code that no device knows
            }

            Assert.Equal((live, 0L), (transport.Dma.LiveBytes, transport.Dma.QuarantinedBytes));
        }

        Assert.Equal((0L, 0L), (transport.Dma.LiveBytes, transport.Dma.QuarantinedBytes));
    }

    [Fact]
    public async Task Attach_Twice_Throws()
    {
        VirtioTransport transport = await ConnectAsync();
        await using var sound = new RawSound(transport);
        Assert.Throws<InvalidOperationException>(() => transport.Attach(sound));
    }

    [Fact]
    public async Task Dispose_EndsTheDevice_WithoutADisconnectAndForGood()
    {
        VirtioTransport transport = await ConnectAsync();
        var sound = new RawSound(transport);
        await sound.StartAsync();
        await sound.DisposeAsync();
        Assert.Equal(0, sound.Disconnects);
        transport.Notify(0); // a device that is gone is not told
        VirtioTransportException gone = Assert.Throws<VirtioTransportException>(() => transport.Status);
        Assert.Equal(PcmError.NoDevice, gone.Error);
        await transport.DisposeAsync(); // once more does nothing
    }
}
