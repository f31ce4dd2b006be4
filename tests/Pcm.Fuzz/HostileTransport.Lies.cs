using System.Buffers.Binary;
using Pcm.Virtio;

namespace Pcm.Fuzz;

/// <content>How the device treats a message, as the step says.</content>
internal sealed partial class HostileTransport
{
    private void Treat(ushort queue, DeviceVirtqueue ring, ushort head, in FuzzOp step)
    {
        switch ((Lie)(step.Kind % Kinds))
        {
            case Lie.Silence:
                return;
            case Lie.Late:
                Later(TimeSpan.FromMilliseconds(step.A % 3000), queue, head, step);
                return;
            case Lie.StaleId:
                ring.PushStale((ushort)step.A, step.B);
                break;
            case Lie.RingBytes:
                Scribble(_addresses[queue].DeviceArea, step);
                break;
            case Lie.Descriptors:
                Scribble(_addresses[queue].DescriptorArea, step);
                break;
            case Lie.UsedIndex:
                Scribble(_addresses[queue].DeviceArea, step with { A = 2 });
                break;
            case Lie.UsedId:
                Scribble(_addresses[queue].DeviceArea, step with { A = 4 + (8 * (step.A % 32)) });
                break;
            case Lie.Events:
                Flood(step);
                break;
            case Lie.NeedsReset:
                _status |= VirtioStatus.NeedsReset;
                _clock.Scheduler.Schedule(static self => ((HostileTransport)self!)._driver?.OnConfigChanged(), this);
                break;
            case Lie.Unplug:
                Unplug();
                return;
            case Lie.Spurious:
                for (ushort other = 0; other < VirtioSoundQueues.Count + 2; other++)
                {
                    Interrupt(other);
                }

                break;
        }

        if (queue is VirtioSoundQueues.Control)
        {
            Answer(ring, head, step);
        }
        else if ((step.C & 1) == 0)
        {
            Later(TimeSpan.FromMilliseconds(step.C % 16), queue, head, step);
        }
        else
        {
            Complete(ring, head, step);
        }
    }

    /// <summary>Completes a message later, or another one that is held.</summary>
    private void Later(TimeSpan delay, ushort queue, ushort head, FuzzOp step)
    {
        int life = _life;
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                if (_life == life && !_gone && _rings[queue] is { } ring && _held[queue].Contains(head))
                {
                    if (queue == VirtioSoundQueues.Control)
                    {
                        Answer(ring, head, step with { Kind = Kinds - 1 });
                    }
                    else
                    {
                        Complete(ring, head, step);
                    }

                    Publish(queue, ring);
                }
            },
            null,
            delay,
            Timeout.InfiniteTimeSpan);
    }

    private void Unplug()
    {
        if (_told)
        {
            return;
        }

        _gone = true;
        _told = true;
        _memory.Clear();
        _clock.Scheduler.Schedule(static self => ((HostileTransport)self!)._driver?.OnDisconnected(), this);
    }

    private void Flood(in FuzzOp step)
    {
        if (_rings[VirtioSoundQueues.Event] is not { } ring)
        {
            return;
        }

        Process(VirtioSoundQueues.Event);
        Span<byte> message = stackalloc byte[8];
        Span<uint> codes = [0x1000, 0x1001, 0x1100, 0x1101, 0x1200, 0x1200, step.A, 0];
        for (uint i = 0; i < step.B % 64 && _held[VirtioSoundQueues.Event].Count > 0; i++)
        {
            ushort head = _held[VirtioSoundQueues.Event][0];
            _held[VirtioSoundQueues.Event].RemoveAt(0);
            BinaryPrimitives.WriteUInt32LittleEndian(message, codes[(int)((step.A + i) % 8)]);
            BinaryPrimitives.WriteUInt32LittleEndian(message[4..], (step.C & 1) == 0 ? i % 3 : _random.Interesting());
            ring.Open(head).TryCopyFrom(0, message);
            ring.Push(head, Math.Min(8, step.C % 16));
        }

        Publish(VirtioSoundQueues.Event, ring);
    }

    /// <summary>Writes over four bytes of a ring; the descriptors and rings of a queue lie in one piece.</summary>
    private void Scribble(ulong area, in FuzzOp step)
    {
        if (_memory.TryGetSpan(area, 4096, out Span<byte> bytes) && bytes.Length >= 4)
        {
            int at = (int)(step.A % (uint)(bytes.Length - 3));
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], (ushort)step.B);
            if ((step.C & 3) == 0)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(bytes[(at + 2)..], (ushort)step.C);
            }
        }
    }

    private void Give(DeviceVirtqueue ring, ushort queue, ushort head, uint written, in FuzzOp step)
    {
        _held[queue].Remove(head);
        long room = ring.Open(head).WritableLength;
        uint length = (Lie)(step.Kind % Kinds) switch
        {
            Lie.ShortLength => step.A % (written + 1),
            Lie.LongLength => uint.MaxValue,
            _ => written,
        };
        if (length > room)
        {
            // A device's ring of ours does not let a lie pass: the entry is made by hand.
            ring.Push(head, 0);
            ring.PushStale(head, length);
            return;
        }

        ring.Push(head, length);
        if ((Lie)(step.Kind % Kinds) == Lie.Twice)
        {
            ring.PushStale(head, length);
        }
    }

    private void Complete(DeviceVirtqueue ring, ushort head, in FuzzOp step)
    {
        ushort queue = ReferenceEquals(ring, _rings[VirtioSoundQueues.Playback]) ? VirtioSoundQueues.Playback : VirtioSoundQueues.Capture;
        DescriptorChain chain = ring.Open(head);
        long room = chain.WritableLength;
        Span<byte> status = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(status, (Lie)(step.Kind % Kinds) == Lie.Status ? step.A : 0x8000);
        BinaryPrimitives.WriteUInt32LittleEndian(status[4..], step.B);
        chain.TryCopyFrom(room - 8, status);
        Give(ring, queue, head, (uint)room, step);
    }

    private void Answer(DeviceVirtqueue ring, ushort head, in FuzzOp step)
    {
        DescriptorChain chain = ring.Open(head);
        int room = (int)Math.Min(chain.WritableLength, 70_000);
        if (room < 4)
        {
            Give(ring, VirtioSoundQueues.Control, head, 0, step); // the rings were scribbled on, and this is no request any more
            return;
        }

        Span<byte> answer = room <= 2048 ? stackalloc byte[room] : new byte[room];
        answer.Clear();
        int length = HonestAnswer.Compose(chain, answer);
        switch ((Lie)(step.Kind % Kinds))
        {
            case Lie.Status:
                BinaryPrimitives.WriteUInt32LittleEndian(answer, (step.B & 1) == 0 ? 0x8000 + (step.A % 5) : step.A);
                break;
            case Lie.RandomPayload or Lie.StatusThenGarbage:
                for (int i = 4; i < answer.Length; i++)
                {
                    answer[i] = (byte)_random.Next32();
                }

                length = answer.Length;
                break;
            case Lie.OneByte when length > 4:
                answer[4 + (int)(step.A % (uint)(length - 4))] = (byte)step.B;
                break;
        }

        chain.TryCopyFrom(0, answer[..length]);
        Give(ring, VirtioSoundQueues.Control, head, (uint)length, step);
    }
}
