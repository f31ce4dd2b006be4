using System.Runtime.CompilerServices;

namespace Pcm.Virtio;

/// <summary>The messages of the stream: how they get to the device and come back.</summary>
internal abstract partial class VirtioPcmOps
{
    /// <summary>Takes a free message and hands it to the device, with silence behind it where a quirk wants more. Context: queue lock held.</summary>
    /// <returns>False when no message or descriptor is free.</returns>
    [SkipLocalsInit] // the slices are all written; clearing their place first is for nothing (row "completion and resubmission" of bench/Pcm.Bench)
    protected bool TrySend_NeedsQueueLock(long ringFrame, long frames, bool deviceReads, out ushort message)
    {
        message = 0;
        if (!IsCurrent || !Pool!.TryTake(out message))
        {
            return false; // after a device reset nothing is sent before the next prepare
        }

        // A message may wrap around the ring's end after a short one; then its audio is two pieces.
        VirtioRing ring = Ring!;
        int offset = (int)(ringFrame * FrameBytes), bytes = (int)(frames * FrameBytes);
        int first = Math.Min(bytes, (Runtime!.BufferFrames * FrameBytes) - offset);
        DmaSlice head = ring.Region.Slice(offset, first), tail = first == bytes ? default : ring.Region.Slice(0, bytes - first);
        bool added = deviceReads
            ? Queue.TryAdd_NeedsLock(_owner, message, [Pool.Header(message), head, tail, Padding((int)frames)], [Pool.Status(message)])
            : Queue.TryAdd_NeedsLock(_owner, message, [Pool.Header(message)], [head, tail, Pool.Status(message)]);
        if (!added)
        {
            Pool.Return(message);
        }

        return added;
    }

    /// <summary>Takes the latency the device reported, if it is sane: whole frames, at most the ring.</summary>
    protected void NoteLatency_NeedsQueueLock(in VirtioSoundPcmStatus status)
    {
        uint code = status.Status;
        if (code != (uint)VirtioSoundStatusCode.Ok)
        {
            VirtioSoundLog.BadStatus(_log, _info.Id, code);
            return;
        }

        if (IsTransferring && Runtime is { } runtime && FrameBytes > 0)
        {
            uint frames = status.LatencyBytes / (uint)FrameBytes;
            runtime.DelayFrames = frames <= runtime.BufferFrames ? (int)frames : 0;
        }
    }

    /// <summary>The silence that makes a playback message whole; none without the quirk.</summary>
    private DmaSlice Padding(int frames)
    {
        int missing = frames % MessageStepFrames;
        return missing == 0 ? default : _padding!.Slice(0, (MessageStepFrames - missing) * FrameBytes);
    }

    /// <summary>Lifetime of the padding: the pool's, because its messages name it.</summary>
    private void AllocatePadding(PcmFormat format)
    {
        int multiple = _info.Direction == PcmDirection.Playback ? _driver.Options.PlaybackMessageMultiple : 1;
        MessageStepFrames = Enumerable.Range(1, multiple).First(frames => frames * FrameBytes % multiple == 0);
        if (MessageStepFrames > 1)
        {
            _padding = _driver.Dma.Allocate(MessageStepFrames * FrameBytes, 16);
            PcmFormatInfo.FillSilence(format, _padding.Span);
        }
    }

    private PcmError AllocatePool(PcmFormat format, int messages)
    {
        if (!Queue.TryReserve(messages, _driver.Options.MessageDescriptors, out _reserved))
        {
            _reserved = 0;
            return PcmError.NoMemory; // the queue's descriptors are promised to other streams
        }

        AllocatePadding(format);
        PcmMessagePool pool = _driver.SoundServices.Pools.Create(_driver.Dma, _info.Id, messages);
        using (Queue.Lock.EnterScope())
        {
            Pool = pool;
            Notes = new int[messages];
        }

        return PcmError.None;
    }

    private void FreePool()
    {
        using (Queue.Lock.EnterScope())
        {
            _stale += InFlight;
            if (InFlight > 0 && _padding is not null)
            {
                _driver.Dma.Quarantine(_padding);
            }
            else
            {
                _padding?.Dispose();
            }

            _padding = null;
            Pool?.Dispose();
            Pool = null;
            _owner.NextLife();
        }

        Queue.Unreserve(_reserved);
        _reserved = 0;
    }

    private void Used_NeedsQueueLock(int message, uint generation, uint written)
    {
        if (generation != _owner.Generation || Pool is null)
        {
            VirtioSoundLog.StaleMessage(_log, _info.Id); // its memory is in quarantine
            _stale--;
            SettleEmpty_NeedsQueueLock();
            return;
        }

        _driver.NoteProgress();
        if (!_takesBack)
        {
            VirtioSoundPcmStatus status = Pool.ReadStatus((ushort)message);
            Completed_NeedsQueueLock((ushort)message, written, in status);
        }

        Pool.Return((ushort)message);
        _hasNews = true; // a message is free, whether or not the position moves
        SettleEmpty_NeedsQueueLock();
    }

    private void Reclaimed_NeedsQueueLock(int message, uint generation)
    {
        if (generation == _owner.Generation && Pool is not null)
        {
            Pool.Return((ushort)message);
            _hasNews = true;
        }
        else
        {
            _stale--;
        }

        SettleEmpty_NeedsQueueLock();
    }

    /// <summary>When the last message is back: who waits goes on, and rings given up meanwhile are freed.</summary>
    private void SettleEmpty_NeedsQueueLock()
    {
        if (InFlight > 0 || _stale > 0)
        {
            return;
        }

        if (_waitsForEmpty)
        {
            _waitsForEmpty = false;
            _empty.TrySet();
        }

        if (_retired is not null)
        {
            _retired.ForEach(static ring => ring.Dispose());
            _retired = null;
        }
    }

    /// <summary>The stream as the owner of messages; another object, because ops already have a base.</summary>
    private sealed class MessageOwner(VirtioPcmOps ops) : SoundMessageOwner
    {
        public void NextLife() => Generation++;

        public override void Used_NeedsQueueLock(int message, uint generation, uint written) => ops.Used_NeedsQueueLock(message, generation, written);

        public override void AfterUsed() => ops.AfterUsed();

        public override void Reclaimed_NeedsQueueLock(int message, uint generation) => ops.Reclaimed_NeedsQueueLock(message, generation);
    }
}
