using System.Numerics;

namespace Pcm.Virtio;

/// <summary>
/// Arrays for the private copies of popped chains, by powers of two. What was allocated once is reused, so a steady load allocates nothing;
/// the queue's limit on held descriptors bounds what there can be.
/// </summary>
/// <remarks>Thread safety: none; belongs to one queue.</remarks>
internal sealed class SegmentPool
{
    private const int SmallestLog = 2;
    private readonly Stack<DmaSlice[]>[] _free = new Stack<DmaSlice[]>[32];

    public DmaSlice[] Rent(int count)
    {
        int log = Math.Max(SmallestLog, BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)count)));
        return _free[log] is { Count: > 0 } stack ? stack.Pop() : new DmaSlice[1 << log];
    }

    public void Return(DmaSlice[] segments)
    {
        int log = BitOperations.Log2((uint)segments.Length);
        (_free[log] ??= new()).Push(segments);
    }
}
