namespace Pcm;

/// <summary>
/// Playback auto-silence (fact sheet 5.7). Threshold mode keeps data plus silence ahead of the hardware at the threshold;
/// top-up mode (silence size at least the boundary) silences what was just played.
/// </summary>
internal static class PcmSilence
{
    /// <summary>Instead of a position: start over (start, reset, sw_params).</summary>
    public const long Init = -1;

    /// <summary>Fills as the mode demands. Context: stream lock held; HardwarePosition is still the old one.</summary>
    public static void Fill(PcmRuntime runtime, PcmOps ops, long newPosition)
    {
        bool topUp = (ulong)runtime.SwParams.SilenceSize >= (ulong)runtime.Boundary;
        long frames = topUp ? TopUpFrames(runtime, newPosition) : ThresholdFrames(runtime, newPosition);
        if (frames <= 0 || frames > runtime.BufferFrames)
        {
            return;
        }

        long offset = (runtime.SilenceStart + runtime.SilenceFilled) % runtime.BufferFrames;
        while (frames > 0)
        {
            long piece = Math.Min(frames, runtime.BufferFrames - offset);
            FillPiece(runtime, ops, offset, piece);
            runtime.SilenceFilled += piece;
            frames -= piece;
            offset = 0;
        }
    }

    /// <summary>Writes silence into a piece that does not wrap. Context: stream lock, or none for a silent write.</summary>
    public static PcmError FillPiece(PcmRuntime runtime, PcmOps ops, long offset, long frames)
    {
        if (runtime.Access is PcmAccess.MmapInterleaved or PcmAccess.ReadWriteInterleaved)
        {
            return ops.FillSilence(runtime, (int)runtime.FramesToBytes(offset), (int)runtime.FramesToBytes(frames));
        }

        int channelBytes = (int)(runtime.FramesToBytes(runtime.BufferFrames) / runtime.Channels);
        for (int channel = 0; channel < runtime.Channels; channel++)
        {
            int at = (channel * channelBytes) + (int)(offset * runtime.SampleBits / 8);
            PcmError error = ops.FillSilence(runtime, at, (int)(frames * runtime.SampleBits / 8));
            if (error < PcmError.None)
            {
                return error;
            }
        }

        return PcmError.None;
    }

    private static long ThresholdFrames(PcmRuntime runtime, long newPosition)
    {
        Advance(runtime, runtime.SilenceStart, runtime.ApplicationPosition);
        if (newPosition == Init)
        {
            newPosition = runtime.HardwarePosition;
        }

        // Far when the hardware is past the application: nothing is filled until the application is ahead again.
        ulong distance = (ulong)PcmRing.Back(runtime.ApplicationPosition, newPosition, runtime.Boundary) + (ulong)runtime.SilenceFilled;
        return distance >= (ulong)runtime.SwParams.SilenceThreshold
            ? 0
            : Math.Min(runtime.SwParams.SilenceThreshold - (long)distance, runtime.SwParams.SilenceSize);
    }

    private static long TopUpFrames(PcmRuntime runtime, long newPosition)
    {
        if (newPosition == Init)
        {
            long ahead = PcmRing.Back(runtime.ApplicationPosition, runtime.HardwarePosition, runtime.Boundary);
            runtime.SilenceFilled = ahead > runtime.BufferFrames ? 0 : ahead;
            runtime.SilenceStart = runtime.HardwarePosition;
        }
        else
        {
            Advance(runtime, runtime.HardwarePosition, newPosition);
        }

        return runtime.BufferFrames - runtime.SilenceFilled;
    }

    private static void Advance(PcmRuntime runtime, long from, long to)
    {
        long moved = PcmRing.Back(to, from, runtime.Boundary);
        if (moved != 0)
        {
            runtime.SilenceFilled = Math.Max(0, runtime.SilenceFilled - moved);
            runtime.SilenceStart = to;
        }
    }
}
