using BenchmarkDotNet.Attributes;
using Pcm.Virtio;

namespace Pcm.Bench;

/// <summary>
/// One message of a header, a period's piece and a status through a ring and back. The baseline is the bytes that must cross at
/// least: three descriptors, copied there and back.
/// </summary>
public class VirtqueueBench
{
    private const int Messages = 16;

    private readonly byte[] _descriptors = new byte[48];
    private readonly byte[] _shared = new byte[48];
    private InProcessDmaAllocator _dma = null!;
    private DmaRegion _payload = null!;
    private DriverVirtqueue _driver = null!;
    private DeviceVirtqueue _device = null!;

    [Params(VirtqueueKind.Split, VirtqueueKind.Packed)]
    public VirtqueueKind Kind { get; set; }

    [Params(false, true)]
    public bool EventIndex { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var memory = new GuestMemory();
        _dma = new InProcessDmaAllocator(memory);
        _payload = _dma.Allocate(4096, 16);
        VirtioFeatures features = VirtioFeatures.Version1
            | (Kind == VirtqueueKind.Packed ? VirtioFeatures.RingPacked : VirtioFeatures.None)
            | (EventIndex ? VirtioFeatures.EventIndex : VirtioFeatures.None);
        _driver = DriverVirtqueue.Create(Kind, 64, features, _dma, indirectDescriptors: 0);
        _device = DeviceVirtqueue.TryCreate(Kind, _driver.Addresses, features, memory, DeviceVirtqueueLimits.Default)
            ?? throw new InvalidOperationException("The device refuses the rings.");
        BenchStream.Require(RoundTrip() == 1 && RoundTripOfMany() == Messages);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _driver.Dispose();
        _payload.Dispose();
        _dma.Dispose();
    }

    [Benchmark(Baseline = true, Description = "Copy three descriptors there and back")]
    public void Copy()
    {
        _descriptors.CopyTo(_shared.AsSpan());
        _shared.CopyTo(_descriptors.AsSpan());
    }

    [Benchmark(Description = "One message: add, publish, pop, push, publish, take")]
    public int RoundTrip()
    {
        Add(0);
        _driver.Publish();
        return Serve();
    }

    [Benchmark(Description = "A batch of 16, per message", OperationsPerInvoke = Messages)]
    public int RoundTripOfMany()
    {
        for (ushort token = 0; token < Messages; token++)
        {
            Add(token);
        }

        _driver.Publish();
        return Serve();
    }

    private void Add(ushort token) => _driver.TryAdd([_payload.Slice(0, 4), _payload.Slice(64, 256)], [_payload.Slice(16, 8)], token);

    private int Serve()
    {
        while (_device.TryPop(out DescriptorChain chain))
        {
            _device.Push(chain.Head, 8);
        }

        _device.Publish();
        int taken = 0;
        while (_driver.TryTakeUsed(out _, out _))
        {
            taken++;
        }

        return taken;
    }
}
