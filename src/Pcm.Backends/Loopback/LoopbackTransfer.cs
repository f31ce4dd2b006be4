namespace Pcm.Backends.Loopback;

/// <summary>Moves frames from the ring of a playback end to that of a capture end.</summary>
/// <remarks>Thread safety: every member under the cable's lock.</remarks>
internal static class LoopbackTransfer
{
    /// <summary>Whether frames of one are frames of the other.</summary>
    public static bool AreAlike(PcmRuntime a, PcmRuntime b) =>
        a.Format == b.Format && a.Rate == b.Rate && a.Channels == b.Channels && IsInterleaved(a) == IsInterleaved(b);

    /// <summary>Copies from where playback is to where capture is; neither end moves. Nothing beyond the end of a drain is copied.</summary>
    public static void CopyPlayback(LoopbackEnd playback, LoopbackEnd capture, long frames)
    {
        // A capture that was paused when a playback of another format started hears nothing.
        long heard = AreAlike(playback.Runtime, capture.Runtime) ? Math.Min(frames, FramesLeft(playback)) : 0;
        long from = playback.Position, to = capture.Position, left = heard;
        while (left > 0)
        {
            long piece = Math.Min(left, Math.Min(playback.Runtime.BufferFrames - from, capture.Runtime.BufferFrames - to));
            Copy(playback.Runtime, from, capture.Runtime, to, piece);
            from = (from + piece) % playback.Runtime.BufferFrames;
            to = (to + piece) % capture.Runtime.BufferFrames;
            left -= piece;
        }

        if (heard > 0)
        {
            capture.SilentFrames = 0;
        }

        SilenceWrapping(capture.Runtime, to, frames - heard);
    }

    /// <summary>Makes frames of the capture ring silent, from where it is; a ring that is silent all over is left alone.</summary>
    public static void ClearCapture(LoopbackEnd capture, long frames)
    {
        frames = Math.Min(frames, capture.Runtime.BufferFrames - capture.SilentFrames);
        SilenceWrapping(capture.Runtime, capture.Position, frames);
        capture.SilentFrames += frames;
    }

    /// <summary>Makes a piece of a ring silent that does not wrap.</summary>
    public static void Silence(PcmRuntime runtime, long frame, long frames)
    {
        if (runtime.Buffer is not { } ring)
        {
            return;
        }

        if (IsInterleaved(runtime))
        {
            runtime.Format.FillSilence(ring.Span.Slice((int)runtime.FramesToBytes(frame), (int)runtime.FramesToBytes(frames)));
            return;
        }

        for (int channel = 0; channel < runtime.Channels; channel++)
        {
            runtime.Format.FillSilence(Plane(runtime, ring, channel, frame, frames));
        }
    }

    private static void SilenceWrapping(PcmRuntime runtime, long frame, long frames)
    {
        frames = Math.Min(frames, runtime.BufferFrames);
        long piece = Math.Min(frames, runtime.BufferFrames - frame);
        if (piece > 0)
        {
            Silence(runtime, frame, piece);
            Silence(runtime, 0, frames - piece);
        }
    }

    /// <summary>
    /// Frames that a draining playback has still to play; no limit otherwise. Its end comes between two interrupts, so the core's position is brought up
    /// to where the cable is. (Linux compares positions in the ring only and lets old frames through from the end of the data to that of the period.)
    /// </summary>
    private static long FramesLeft(LoopbackEnd playback)
    {
        PcmRuntime runtime = playback.Runtime;
        if (!runtime.IsDraining)
        {
            return long.MaxValue;
        }

        long known = runtime.HardwarePosition, buffer = runtime.BufferFrames;
        long since = (playback.Position - (known % buffer) + buffer) % buffer;
        long hardware = PcmRing.Forward(known, since, runtime.Boundary);
        return Math.Max(0, buffer - PcmRing.PlaybackAvail(hardware, runtime.ApplicationPosition, buffer, runtime.Boundary));
    }

    private static void Copy(PcmRuntime from, long fromFrame, PcmRuntime to, long toFrame, long frames)
    {
        if (from.Buffer is not { } source || to.Buffer is not { } destination)
        {
            return;
        }

        if (IsInterleaved(from))
        {
            source.Span.Slice((int)from.FramesToBytes(fromFrame), (int)from.FramesToBytes(frames)).CopyTo(destination.Span[(int)to.FramesToBytes(toFrame)..]);
            return;
        }

        for (int channel = 0; channel < from.Channels; channel++)
        {
            Plane(from, source, channel, fromFrame, frames).CopyTo(Plane(to, destination, channel, toFrame, frames));
        }
    }

    private static Span<byte> Plane(PcmRuntime runtime, PcmBuffer ring, int channel, long frame, long frames)
    {
        int sampleBytes = runtime.SampleBits / 8;
        long planeBytes = (long)runtime.BufferFrames * sampleBytes;
        return ring.Span.Slice((int)((channel * planeBytes) + (frame * sampleBytes)), (int)frames * sampleBytes);
    }

    private static bool IsInterleaved(PcmRuntime runtime) => runtime.Access is PcmAccess.ReadWriteInterleaved or PcmAccess.MmapInterleaved;
}
