using CsCheck;

namespace Pcm.Virtio.Tests;

/// <summary>A kind of queue to test with; the features are ring features only.</summary>
internal sealed record RingCase(VirtqueueKind Kind, int Size, bool EventIndex, int Indirect)
{
    public VirtioFeatures Features => VirtioFeatures.Version1
        | (Kind == VirtqueueKind.Packed ? VirtioFeatures.RingPacked : VirtioFeatures.None)
        | (EventIndex ? VirtioFeatures.EventIndex : VirtioFeatures.None)
        | (Indirect > 1 ? VirtioFeatures.IndirectDescriptors : VirtioFeatures.None);

    /// <summary>Every power of two up to the largest; for packed queues any size, too.</summary>
    public static Gen<RingCase> Any(int maxSize = VirtqueueLayout.MaxSize)
    {
        int maxLog = int.Log2(maxSize);
        Gen<(VirtqueueKind, int)> powers = Gen.Select(Gen.Bool, Gen.Int[0, maxLog], (packed, log) => (packed ? VirtqueueKind.Packed : VirtqueueKind.Split, 1 << log));
        Gen<(VirtqueueKind, int)> others = Gen.OneOf(Gen.Int[1, Math.Min(40, maxSize)], Gen.Int[1, maxSize]).Select(size => (VirtqueueKind.Packed, size));
        return Gen.Select(Gen.OneOf(powers, powers, others), Gen.Bool, Gen.OneOf(Gen.Const(0), Gen.Int[2, 6]), (ring, eventIndex, indirect) =>
            new RingCase(ring.Item1, ring.Item2, eventIndex, indirect));
    }

    /// <summary>The four combinations that matter most, of one size.</summary>
    public static TheoryData<VirtqueueKind, bool> Kinds() => new()
    {
        { VirtqueueKind.Split, false },
        { VirtqueueKind.Split, true },
        { VirtqueueKind.Packed, false },
        { VirtqueueKind.Packed, true },
    };
}
