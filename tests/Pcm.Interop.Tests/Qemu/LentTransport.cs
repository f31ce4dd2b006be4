namespace Pcm.Interop.Tests.Qemu;

/// <summary>A transport for one driver after another: each may attach, and none ends the connection.</summary>
internal sealed class LentTransport : VirtioTransport
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<VirtioTransport, Switch> s_switches = [];

    private readonly VirtioTransport _inner;
    private readonly Switch _switch;

    public LentTransport(VirtioTransport inner)
    {
        _inner = inner;
        _switch = s_switches.GetValue(inner, static t =>
        {
            var made = new Switch();
            t.Attach(made);
            return made;
        });
    }

    public override uint DeviceId => _inner.DeviceId;

    public override VirtioFeatures DeviceFeatures => _inner.DeviceFeatures;

    public override VirtioFeatures TransportFeatures => _inner.TransportFeatures;

    public override VirtioFeatures DriverFeatures
    {
        set => _inner.DriverFeatures = value;
    }

    public override VirtioStatus Status
    {
        get => _inner.Status;
        set => _inner.Status = value;
    }

    public override uint ConfigGeneration => _inner.ConfigGeneration;

    public override DmaAllocator Dma => _inner.Dma;

    public override void ReadConfig(int offset, Span<byte> destination) => _inner.ReadConfig(offset, destination);

    public override void WriteConfig(int offset, ReadOnlySpan<byte> source) => _inner.WriteConfig(offset, source);

    public override ushort GetMaxQueueSize(ushort queue) => _inner.GetMaxQueueSize(queue);

    public override void EnableQueue(ushort queue, in VirtqueueAddresses addresses) => _inner.EnableQueue(queue, addresses);

    public override void DisableQueue(ushort queue) => _inner.DisableQueue(queue);

    public override bool IsQueueEnabled(ushort queue) => _inner.IsQueueEnabled(queue);

    public override void Notify(ushort queue) => _inner.Notify(queue);

    public override void Attach(IVirtioInterrupts interrupts) => _switch.Target = interrupts;

    public override ValueTask DisposeAsync()
    {
        _switch.Target = null;
        return default;
    }

    private sealed class Switch : IVirtioInterrupts
    {
        public IVirtioInterrupts? Target { get; set; }

        public void OnQueue(ushort queue) => Target?.OnQueue(queue);

        public void OnConfigChanged() => Target?.OnConfigChanged();

        public void OnDisconnected() => Target?.OnDisconnected();
    }
}
