namespace Pcm.Testing.Replay;

/// <summary>
/// An open <c>/dev/snd/pcmC*D*</c> file in terms of a <see cref="PcmSubstream"/>: the answers of its ioctls, reads and writes as a Linux process sees them,
/// that is a positive result, 0, or a negative errno.
/// </summary>
/// <remarks>
/// A cancelled wait is a signal: EINTR when nothing was done. Thread safety: as the substream; the file's own flag is set by one thread.
/// </remarks>
public sealed partial class KernelFile
{
    private const int EInterrupted = (int)PcmError.Interrupted;
    private const int TimestampTypeProtocol = 0x2000c;
    private readonly PcmDevice _device;

    private KernelFile(PcmSubstream substream, bool nonBlocking)
    {
        Substream = substream;
        NonBlocking = nonBlocking;
        _device = substream.Device;
    }

    /// <summary>What the file talks to.</summary>
    public PcmSubstream Substream { get; }

    /// <summary>O_NONBLOCK of the open file (<c>fcntl</c>): drain sees it at once, transfers at the next prepare.</summary>
    public bool NonBlocking { get; set; }

    /// <summary>The positions and the state as they stand; looking disturbs nothing. Null when the device is gone.</summary>
    public PcmPointers? Pointers => Substream.SyncPointer(default, out PcmPointers pointers) == PcmError.None ? pointers : null;

    private bool IsGone => _device.Card.IsDisconnected;

    private bool IsCapture => Substream.Direction == PcmDirection.Capture;

    /// <summary>open(2): a free substream, or a shared one with O_APPEND.</summary>
    /// <param name="device">The device.</param>
    /// <param name="direction">Which of its two files.</param>
    /// <param name="mode">O_NONBLOCK, O_APPEND.</param>
    /// <param name="signal">A signal that ends the wait for a busy substream.</param>
    /// <returns>The file, or null and the errno.</returns>
    public static async ValueTask<(int Result, KernelFile? File)> OpenAsync(
        PcmDevice device, PcmDirection direction, PcmOpenMode mode, CancellationToken signal)
    {
        ArgumentNullException.ThrowIfNull(device);
        try
        {
            PcmOpenResult opened = await device.OpenAsync(direction, mode, cancellationToken: signal);
            return opened.Substream is { } substream
                ? (0, new KernelFile(substream, mode.HasFlag(PcmOpenMode.NonBlocking)))
                : ((int)opened.Error, null);
        }
        catch (OperationCanceledException) when (signal.IsCancellationRequested)
        {
            return (EInterrupted, null);
        }
    }

    /// <summary>close(2); always 0.</summary>
    public async ValueTask<int> CloseAsync()
    {
        await Substream.CloseAsync();
        return 0;
    }

    /// <summary>HW_REFINE.</summary>
    /// <param name="request">In and out.</param>
    public int HwRefine(PcmHwParams request) => (int)Substream.HwRefine(request);

    /// <summary>HW_PARAMS.</summary>
    /// <param name="request">In and out.</param>
    public async ValueTask<int> HwParamsAsync(PcmHwParams request) => (int)await Substream.HwParamsAsync(request);

    /// <summary>HW_FREE.</summary>
    public async ValueTask<int> HwFreeAsync() => (int)await Substream.HwFreeAsync();

    /// <summary>SW_PARAMS.</summary>
    /// <param name="swParams">All of them; <see cref="PcmSwParams.Timestamps"/> is what <paramref name="timestampMode"/> says.</param>
    /// <param name="timestampMode">0 none, 1 enabled; others are EINVAL.</param>
    /// <param name="timestampType">0 .. 2, looked at from protocol 2.0.12 on; others are EINVAL then.</param>
    /// <param name="protocol">The caller's protocol version, <c>major &lt;&lt; 16 | minor &lt;&lt; 8 | subminor</c>.</param>
    public int SwParams(in PcmSwParams swParams, long timestampMode = 0, long timestampType = 0, long protocol = 0)
    {
        bool valid = timestampMode is 0 or 1 && (protocol < TimestampTypeProtocol || timestampType is >= 0 and <= 2);
        if (!valid && !IsGone && Substream.State != PcmState.Open)
        {
            return (int)PcmError.InvalidArgument;
        }

        return (int)Substream.SetSwParams(swParams with { Timestamps = timestampMode == 1 });
    }

    /// <summary>PREPARE: from now on transfers use the file's flag.</summary>
    public async ValueTask<int> PrepareAsync()
    {
        Substream.NonBlocking = NonBlocking;
        return (int)await Substream.PrepareAsync();
    }

    /// <summary>RESET.</summary>
    public async ValueTask<int> ResetAsync() => (int)await Substream.ResetAsync();

    /// <summary>START.</summary>
    public async ValueTask<int> StartAsync() => (int)await Substream.StartAsync();

    /// <summary>DROP.</summary>
    public async ValueTask<int> DropAsync() => (int)await Substream.DropAsync();

    /// <summary>DRAIN.</summary>
    /// <param name="signal">A signal that ends the wait.</param>
    public async ValueTask<int> DrainAsync(CancellationToken signal)
    {
        Substream.NonBlocking = NonBlocking;
        try
        {
            return (int)await Substream.DrainAsync(signal);
        }
        catch (OperationCanceledException) when (signal.IsCancellationRequested)
        {
            return EInterrupted;
        }
    }

    /// <summary>PAUSE.</summary>
    /// <param name="enable">Push, or release.</param>
    public async ValueTask<int> PauseAsync(bool enable) => (int)await Substream.PauseAsync(enable);

    /// <summary>RESUME.</summary>
    public async ValueTask<int> ResumeAsync() => (int)await Substream.ResumeAsync();

    /// <summary>XRUN.</summary>
    public async ValueTask<int> XRunAsync() => (int)await Substream.XRunAsync();

    /// <summary>DELAY.</summary>
    /// <param name="frames">The delay; 0 on error.</param>
    public int Delay(out long frames) => (int)Substream.GetDelay(out frames);

    /// <summary>HWSYNC.</summary>
    public int HwSync() => (int)Substream.HwSync();

    /// <summary>STATUS.</summary>
    /// <param name="status">The snapshot.</param>
    public int Status(out PcmStatus status) => (int)Substream.GetStatus(out status);

    /// <summary>REWIND: the frames moved, or an errno.</summary>
    /// <param name="frames">How far at most.</param>
    public long Rewind(long frames) => Substream.Rewind(frames, out long moved) is var error && error != PcmError.None ? (long)error : moved;

    /// <summary>FORWARD: the frames moved, or an errno.</summary>
    /// <param name="frames">How far at most.</param>
    public long Forward(long frames) => Substream.Forward(frames, out long moved) is var error && error != PcmError.None ? (long)error : moved;

    /// <summary>SYNC_PTR.</summary>
    /// <param name="flags">HWSYNC 1, APPL 2 (read, do not set), AVAIL_MIN 4 (read, do not set).</param>
    /// <param name="applicationPosition">Set unless APPL.</param>
    /// <param name="availMin">Set unless AVAIL_MIN.</param>
    /// <param name="pointers">What stands afterwards.</param>
    public int SyncPointer(int flags, long applicationPosition, long availMin, out PcmPointers pointers)
    {
        var request = new PcmSyncPointer
        {
            HwSync = (flags & 1) != 0,
            ApplicationPosition = (flags & 2) != 0 ? null : applicationPosition,
            AvailMin = (flags & 4) != 0 ? null : availMin,
        };
        return (int)Substream.SyncPointer(request, out pointers);
    }

    /// <summary>INFO: what the substream is, and how many of its stream there are and are free.</summary>
    /// <param name="info">The answer.</param>
    public int Info(out KernelFileInfo info)
    {
        info = default;
        if (IsGone)
        {
            return (int)PcmError.NoDevice;
        }

        IReadOnlyList<PcmSubstream> stream = _device.Stream(Substream.Direction);
        info = new KernelFileInfo(
            _device.Number, Substream.Number, (int)Substream.Direction, _device.Name, $"subdevice #{Substream.Number}", stream.Count, stream.Count(static s => !s.IsOpen));
        return 0;
    }

    /// <summary>LINK to the stream of another descriptor.</summary>
    /// <param name="other">Null: the descriptor is no PCM file.</param>
    public async ValueTask<int> LinkAsync(KernelFile? other) =>
        IsGone ? (int)PcmError.NoDevice : other is null ? (int)PcmError.BadState : (int)await Substream.LinkAsync(other.Substream);

    /// <summary>UNLINK.</summary>
    public async ValueTask<int> UnlinkAsync() => (int)await Substream.UnlinkAsync();

    /// <summary>An ioctl that does not exist.</summary>
    public int UnknownIoctl() => (int)(IsGone ? PcmError.NoDevice : Substream.State == PcmState.Disconnected ? PcmError.BadState : PcmError.UnknownOperation);

    /// <summary>poll(2) for every event there is.</summary>
    /// <param name="timeout">How long; zero: just look.</param>
    /// <returns>POLLIN 1, POLLOUT 4, POLLERR 8, POLLRDNORM 64, POLLWRNORM 256; 0 when the time was up.</returns>
    public async ValueTask<int> PollAsync(TimeSpan timeout)
    {
        PcmPollEvents events = timeout == TimeSpan.Zero ? Substream.Poll() : await Substream.PollAsync(timeout);
        int ready = IsCapture ? 1 | 64 : 4 | 256;
        return (events.HasFlag(PcmPollEvents.Ready) ? ready : 0) | (events.HasFlag(PcmPollEvents.Error) ? 8 : 0);
    }
}
