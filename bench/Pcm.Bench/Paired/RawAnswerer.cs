using Pcm.Virtio;

namespace Pcm.Bench;

/// <summary>The other side of a ring at its cheapest: what is available is used, nothing is checked. Messages have three descriptors.</summary>
internal sealed unsafe class RawAnswerer
{
    private const int DescriptorBytes = 16;
    private const int Chain = 3;
    private const ushort Available = 1 << 7;
    private const ushort Both = Available | (1 << 15);

    private readonly bool _packed;
    private readonly int _size;
    private readonly byte* _descriptors;
    private readonly byte* _available;
    private readonly byte* _used;
    private ushort _seen;
    private int _slot;
    private ushort _availableFlags = Available; // the flags of a slot that is available on this lap; on the next, the others
    private ushort _usedFlags = Both;       // and of one that is used

    // SAFETY: a FlatAllocator's addresses are pointers, and its memory is never freed while the row lives.
    public RawAnswerer(VirtqueueKind kind, VirtqueueAddresses addresses)
    {
        _packed = kind == VirtqueueKind.Packed;
        _size = addresses.Size;
        _descriptors = (byte*)addresses.DescriptorArea;
        _available = (byte*)addresses.DriverArea;
        _used = (byte*)addresses.DeviceArea;
        if (_packed)
        {
            *(ushort*)(_used + 2) = 1; // RING_EVENT_FLAGS_DISABLE: no notifications
        }
        else
        {
            *(ushort*)_used = 1; // VIRTQ_USED_F_NO_NOTIFY
        }
    }

    public void AnswerOne()
    {
        if (_packed)
        {
            AnswerPacked();
        }
        else
        {
            AnswerSplit();
        }
    }

    private void AnswerSplit()
    {
        if (Volatile.Read(ref *(ushort*)(_available + 2)) == _seen)
        {
            return;
        }

        ushort head = *(ushort*)(_available + 4 + (2 * (_seen & (_size - 1))));
        ushort index = *(ushort*)(_used + 2);
        byte* entry = _used + 4 + (8 * (index & (_size - 1)));
        *(uint*)entry = head;
        *(uint*)(entry + 4) = 8;
        Volatile.Write(ref *(ushort*)(_used + 2), (ushort)(index + 1));
        _seen++;
    }

    private void AnswerPacked()
    {
        byte* first = _descriptors + (_slot * DescriptorBytes);
        ushort flags = Volatile.Read(ref *(ushort*)(first + 14));
        if ((flags & Both) != _availableFlags)
        {
            return;
        }

        int last = _slot + Chain - 1;
        last -= last < _size ? 0 : _size;
        *(ushort*)(first + 12) = *(ushort*)(_descriptors + (last * DescriptorBytes) + 12);
        *(uint*)(first + 8) = 8;
        Volatile.Write(ref *(ushort*)(first + 14), _usedFlags);
        _slot += Chain;
        if (_slot >= _size)
        {
            _slot -= _size;
            _availableFlags ^= Both;
            _usedFlags ^= Both;
        }
    }
}
