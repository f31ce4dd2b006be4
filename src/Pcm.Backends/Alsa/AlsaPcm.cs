namespace Pcm.Backends.Alsa;

/// <summary>
/// An open PCM of libasound, or of a test that plays one. What returns a <see cref="PcmError"/> has logged libasound's words when it failed;
/// what returns a number is of the hot path and leaves that to its caller, through <see cref="Log"/>.
/// </summary>
/// <remarks>Thread safety: one thread at a time, except <see cref="Wait"/>, <see cref="Wake"/> and <see cref="Drain"/>, which others may call beside it.</remarks>
internal abstract class AlsaPcm : IDisposable
{
    /// <summary><c>-EPIPE</c> and the like, as the numbers come.</summary>
    public const int EAgain = (int)PcmError.Again;

    /// <summary>The name it was opened by.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Whether something paces it: a card, a sound server. libasound's null PCM has no clock, and what stands over it (file, plug, rate) has none either:
    /// it takes and gives whatever it is asked for.
    /// </summary>
    public abstract bool HasClock { get; }

    /// <summary>Everything it can do.</summary>
    public abstract AlsaSpace Space { get; }

    /// <summary>Pause, resume, batch and block transfer, as far as it has them.</summary>
    public abstract PcmInfo Info { get; }

    /// <summary>The state that libasound has it in.</summary>
    public abstract PcmState State { get; }

    /// <summary>What is possible of <paramref name="asked"/>. Context: any thread; takes its own lock.</summary>
    /// <returns>False when nothing is.</returns>
    public abstract bool TryRefine(in AlsaSpace asked, out AlsaSpace left);

    /// <summary>Sets exactly what was chosen. EINVAL: libasound set something else, which is logged.</summary>
    public abstract PcmError SetHwParams(PcmHwParams hwParams);

    /// <summary>When it wakes who waits, and whether it stops when it runs dry. It never starts by itself.</summary>
    public abstract PcmError SetSwParams(int wakeFrames, bool stopsOnXRun);

    /// <summary>Gives the parameters back. Does nothing without any.</summary>
    public abstract PcmError HwFree();

    /// <summary>Position 0.</summary>
    public abstract PcmError Prepare();

    /// <summary>Start.</summary>
    public abstract PcmError Start();

    /// <summary>Stop at once.</summary>
    public abstract PcmError Drop();

    /// <summary>Play what is queued, then stop. EAGAIN: it is under way.</summary>
    public abstract PcmError Drain();

    /// <summary>Pause or go on.</summary>
    public abstract PcmError Pause(bool enable);

    /// <summary>Go on after a suspend. EAGAIN: ask again later; ENOSYS: it cannot.</summary>
    public abstract PcmError Resume();

    /// <summary>Frames that can be written or read; negative: an errno.</summary>
    public abstract long Avail();

    /// <summary>Frames until one written now is heard, or since one read now was captured; negative when that is not known.</summary>
    public abstract long Delay();

    /// <summary>When the position last moved, nanoseconds of CLOCK_MONOTONIC; false when the driver takes no stamps.</summary>
    public abstract bool TryGetTimestamp(out long nanoseconds);

    /// <summary>The next frames in the ring's memory. Each call is followed by <see cref="Commit"/> of the same frames.</summary>
    /// <param name="frames">In: how many are wanted. Out: how many there are before the ring wraps.</param>
    /// <param name="ring">The ring's first byte.</param>
    /// <param name="offset">The first of the frames in the ring.</param>
    /// <returns>0, or a negative errno.</returns>
    public abstract int Begin(ref int frames, out nint ring, out int offset);

    /// <summary>The frames were written or read.</summary>
    /// <returns>How many of them it took, or a negative errno.</returns>
    public abstract long Commit(int offset, int frames);

    /// <summary>Takes back frames that were committed.</summary>
    /// <returns>How many, or a negative errno.</returns>
    public abstract long Rewind(long frames);

    /// <summary>Waits until the time is up, <see cref="Wake"/> was called or, if <paramref name="untilReady"/>, the PCM is ready.</summary>
    public abstract void Wait(TimeSpan timeout, bool untilReady);

    /// <summary>Ends a wait, also the next one if none is under way. Context: any thread.</summary>
    public abstract void Wake();

    /// <summary>Says in the log what <paramref name="error"/> in the hot path means, with libasound's words if it had any.</summary>
    public abstract void Log(string operation, long error);

    /// <inheritdoc/>
    public abstract void Dispose();
}
