namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>A device that can be made to stop looking at its queues, and to start again.</summary>
internal sealed class MutableDevice(VirtioDevice inner) : VirtioDevice
{
    private VirtioDeviceBus? _bus;
    private bool _silent;

    public override uint DeviceId => inner.DeviceId;

    public override VirtioFeatures Features => inner.Features;

    public override int QueueCount => inner.QueueCount;

    /// <summary>Stops looking, or looks at everything that came meanwhile.</summary>
    public void Silence(bool silent)
    {
        _silent = silent;
        for (ushort queue = 0; !silent && queue < QueueCount; queue++)
        {
            _bus?.Poll(queue);
        }
    }

    /// <summary>The device cannot go on: DEVICE_NEEDS_RESET.</summary>
    public void Fail() => _bus!.Fail();

    public override void ReadConfig(int offset, Span<byte> destination) => inner.ReadConfig(offset, destination);

    public override void Activate(VirtioDeviceBus bus, VirtioFeatures negotiated)
    {
        _bus = bus;
        inner.Activate(bus, negotiated);
    }

    public override void ProcessQueue(ushort queue)
    {
        if (!_silent)
        {
            inner.ProcessQueue(queue);
        }
    }

    public override void ResetQueue(ushort queue) => inner.ResetQueue(queue);

    public override void Reset() => inner.Reset();
}
