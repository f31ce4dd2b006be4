using System.Runtime.InteropServices;

namespace Pcm.Backends.Alsa;

/// <summary>
/// The ring of a PCM that has none to share, such as a sound server's: memory of ours, from which committed frames are written, and into which
/// whatever was captured is read before it counts as there.
/// Lifetime: the memory from hw_params to hw_free, when nobody copies.
/// </summary>
/// <remarks>Thread safety: as <see cref="AlsaPcm"/>: one thread at a time.</remarks>
internal sealed unsafe class AlsaCopiedRing(AlsaPcmHandle pcm, PcmDirection direction)
{
    private byte* _ring;
    private int _bufferFrames;
    private int _frameBytes;
    private long _read;      // capture: frames in the ring since prepare
    private long _committed; // frames since prepare that were written to the PCM, or that the application has read

    /// <summary>Memory for the chosen parameters.</summary>
    /// <returns>0, or ENOMEM.</returns>
    public PcmError Allocate(int bufferFrames, int frameBytes)
    {
        Free();
        try
        {
            // SAFETY: freed by Free only; every access is within these frames.
            _ring = (byte*)NativeMemory.AllocZeroed((nuint)bufferFrames, (nuint)frameBytes);
        }
        catch (OutOfMemoryException)
        {
            return PcmError.NoMemory;
        }

        _bufferFrames = bufferFrames;
        _frameBytes = frameBytes;
        Restart();
        return PcmError.None;
    }

    /// <summary>prepare: position 0.</summary>
    public void Restart() => (_read, _committed) = (0, 0);

    /// <summary>Gives the memory back.</summary>
    public void Free()
    {
        NativeMemory.Free(_ring);
        _ring = null;
        _bufferFrames = 0;
    }

    /// <summary>Frames that can be written or, having read what there is, can be had; negative: an errno.</summary>
    public long Avail()
    {
        long avail = LibAsound.snd_pcm_avail_update(pcm);
        if (direction == PcmDirection.Playback || avail < 0)
        {
            return Math.Min(avail, _bufferFrames);
        }

        long error = ReadIn(avail);
        return error < 0 ? error : _read - _committed;
    }

    /// <summary>As <see cref="AlsaPcm.Begin"/>; cannot fail.</summary>
    /// <returns>Frames before the ring wraps.</returns>
    public int Begin(int frames, out nint ring, out int offset)
    {
        ring = (nint)_ring;
        offset = (int)(_committed % _bufferFrames);
        int there = direction == PcmDirection.Playback ? frames : (int)Math.Min(frames, _read - _committed);
        return Math.Min(there, _bufferFrames - offset);
    }

    /// <summary>As <see cref="AlsaPcm.Commit"/>.</summary>
    public long Commit(int offset, int frames)
    {
        // SAFETY: offset and frames are those of Begin, inside of the ring.
        long taken = direction == PcmDirection.Playback ? LibAsound.snd_pcm_writei(pcm, At(offset), (nuint)frames) : frames;
        if (taken == AlsaPcm.EAgain)
        {
            return 0;
        }

        _committed += Math.Max(0, taken);
        return taken;
    }

    /// <returns>0, or the errno of a read that failed.</returns>
    private long ReadIn(long avail)
    {
        while (avail > 0 && _read - _committed < _bufferFrames)
        {
            int offset = (int)(_read % _bufferFrames);
            long frames = Math.Min(Math.Min(avail, _bufferFrames - offset), _bufferFrames - (_read - _committed));
            long got = LibAsound.snd_pcm_readi(pcm, At(offset), (nuint)frames);
            if (got <= 0)
            {
                return got == AlsaPcm.EAgain ? 0 : got;
            }

            _read += got;
            avail -= got;
        }

        return 0;
    }

    private byte* At(int frame) => _ring + ((long)frame * _frameBytes);
}
