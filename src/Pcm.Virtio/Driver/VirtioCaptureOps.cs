using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// The capture data path: at START every period of the ring is with the device; one that came back full is handed out again when the
/// application has read it.
/// </summary>
/// <remarks>Thread safety: as <see cref="VirtioPcmOps"/>.</remarks>
internal sealed class VirtioCaptureOps(VirtioSoundDriver driver, VirtioStreamInfo info, SoundQueue queue) : VirtioPcmOps(driver, info, queue)
{
    /// <summary>The next frame to ask for, modulo the boundary. Guarded by the queue lock.</summary>
    private long _posted;

    public override PcmError Ack()
    {
        TopUp();
        return PcmError.None;
    }

    protected override void RestartAt_NeedsQueueLock(long ringFrame) => _posted = ringFrame;

    protected override bool TopUp_NeedsQueueLock(PcmRuntime runtime)
    {
        if (Pool is null || !IsTransferring)
        {
            return false;
        }

        while (HasRoom_NeedsLock(runtime))
        {
            long ringFrame = _posted % runtime.BufferFrames;
            if (!TrySend_NeedsQueueLock(ringFrame, runtime.PeriodFrames, deviceReads: false, out ushort message))
            {
                break;
            }

            Notes[message] = (int)ringFrame;
            _posted = PcmRing.Forward(_posted, runtime.PeriodFrames, runtime.Boundary);
        }

        return Queue.Publish_NeedsLock();
    }

    /// <summary>Whether a period of the ring is neither with the device nor unread.</summary>
    private bool HasRoom_NeedsLock(PcmRuntime runtime)
    {
        if (runtime.IsFreeRunning)
        {
            return true; // as long as there are messages
        }

        // An application that is past what was captured (forward, sync_ptr) makes this huge, and nothing is asked for until it is not.
        long posted = PcmRing.Back(_posted, ApplicationFrame(runtime), runtime.Boundary);
        return posted + runtime.PeriodFrames <= runtime.BufferFrames;
    }

    protected override void SendRest()
    {
        // Capture has no rest: a drain stops it.
    }

    protected override void Completed_NeedsQueueLock(ushort message, uint written, in VirtioSoundPcmStatus status)
    {
        if (Runtime is not { BufferFrames: > 0 } runtime)
        {
            return;
        }

        int periodBytes = runtime.PeriodFrames * FrameBytes;
        int captured = (int)Math.Clamp((long)written - Marshal.SizeOf<VirtioSoundPcmStatus>(), 0, periodBytes);
        NoteLatency_NeedsQueueLock(captured == periodBytes ? status : FindStatus(runtime, message, captured, in status));
        if (captured < periodBytes)
        {
            SilenceRest(runtime, Notes[message], captured, periodBytes);
        }

        Advance_NeedsQueueLock(runtime.PeriodFrames);
    }

    /// <summary>
    /// Of a message that is not full: the status is in the last 8 bytes (the specification's reading), or right behind the data (QEMU's).
    /// </summary>
    private VirtioSoundPcmStatus FindStatus(PcmRuntime runtime, ushort message, int captured, in VirtioSoundPcmStatus atEnd)
    {
        if (atEnd.Status != 0)
        {
            return atEnd;
        }

        Span<byte> behind = stackalloc byte[Marshal.SizeOf<VirtioSoundPcmStatus>()];
        long ringBytes = (long)runtime.BufferFrames * FrameBytes;
        for (int i = 0; i < behind.Length; i++)
        {
            behind[i] = Ring!.Span[(int)(((Notes[message] * (long)FrameBytes) + captured + i) % ringBytes)];
        }

        var status = MemoryMarshal.Read<VirtioSoundPcmStatus>(behind);
        return (uint)status.Status is >= (uint)VirtioSoundStatusCode.Ok and <= (uint)VirtioSoundStatusCode.IOError
            ? status
            : new VirtioSoundPcmStatus { Status = (uint)VirtioSoundStatusCode.IOError };
    }

    /// <summary>A period that came back short is silence where the device wrote nothing: the ring has no gaps.</summary>
    private void SilenceRest(PcmRuntime runtime, int ringFrame, int captured, int periodBytes)
    {
        int ringBytes = runtime.BufferFrames * FrameBytes;
        int from = ((ringFrame * FrameBytes) + (captured - (captured % FrameBytes))) % ringBytes;
        int count = periodBytes - (captured - (captured % FrameBytes));
        int first = Math.Min(count, ringBytes - from);
        PcmFormatInfo.FillSilence(runtime.Format, Ring!.Span.Slice(from, first));
        PcmFormatInfo.FillSilence(runtime.Format, Ring.Span[..(count - first)]);
    }
}
