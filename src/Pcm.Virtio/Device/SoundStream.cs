namespace Pcm.Virtio;

/// <summary>
/// A PCM stream of the device: its command machine, the messages it holds, and its audio side, which alone paces it.
/// Commands are carried out one after another and may wait for the audio side; messages that arrive meanwhile are kept and looked at after it.
/// Otherwise it works when messages arrive and when the audio side passed the point it waits for.
/// Lifetime: as the device. A reset makes it as new; a command under way then ends without touching anything.
/// </summary>
/// <remarks>
/// Positions are frames since PREPARE. The steady path, a wake-up and a message in each period, allocates nothing.
/// Thread safety: the device's executor only.
/// </remarks>
internal abstract partial class SoundStream
{
    /// <summary>Further than any stream plays; with room for more behind it.</summary>
    private const long Never = 1L << 60;

    private readonly VirtioSoundStreamOptions _options;
    private readonly SoundDeviceContext _context;
    private readonly SoundStreamLifecycle _lifecycle = new();
    private readonly PcmPollCallback _wakeUp;
    private SoundDataQueue? _data;
    private ITimer? _timer;
    private bool _arrived;          // messages came that were not looked at
    private bool _starved;          // the present episode was told
    private long _restartedAt = -1; // the position of the last restart; -1: none since
    private PcmError _error;        // the audio side is out of order until the next PREPARE or START
    private bool _tellsXRuns;
    private int _channels; // of the last SET_PARAMS

    private protected SoundStream(int id, VirtioSoundStreamOptions options, SoundDeviceContext context)
    {
        Id = id;
        _options = options;
        _context = context;
        Audio = new SoundStreamAudio(id, options.Substream, context.Log);
        _wakeUp = new PcmPollCallback(context.Executor, static stream => ((SoundStream)stream!).Look(), this); // ready or not, the stream looks itself
    }

    public int Id { get; }

    public PcmDirection Direction => _options.Substream.Direction;

    public SoundStreamState State => _lifecycle.State;

    /// <summary>Bytes of a period by the last SET_PARAMS; 0 before.</summary>
    public uint PeriodBytes { get; private set; }

    /// <summary>Channels of the last PREPARE; 0 before.</summary>
    public int PreparedChannels { get; private set; }

    /// <summary>The messages that the stream holds.</summary>
    public IEnumerable<ushort> HeldHeads
    {
        get
        {
            for (int i = 0; i < Messages.Count; i++)
            {
                yield return Messages[i].Head;
            }
        }
    }

    private protected SoundStreamAudio Audio { get; }

    private protected bool Has(VirtioSoundQuirks quirk) => _context.Has(quirk);

    /// <summary>The oldest first; all of the present PREPARE.</summary>
    private protected SoundMessageQueue Messages { get; } = new();

    private protected SoundDataQueue Data => _data!;

    /// <summary>The end of the last message.</summary>
    private protected long Submitted { get; set; }

    /// <summary>The driver selected MSG_POLLING: it does not notify.</summary>
    private protected bool IsPolling { get; private set; }

    /// <summary>How far the audio side came: frames played, or captured into messages.</summary>
    private protected abstract long Position { get; }

    /// <summary>On the list of its <see cref="SoundDataQueue"/>, which alone sets it.</summary>
    public bool IsListed { get; set; }

    public void Attach(SoundDataQueue data) => _data = data;

    /// <summary>Takes a message. False when the stream takes none: it is not prepared.</summary>
    /// <param name="head">The chain.</param>
    /// <param name="bytes">Audio bytes, or room for them.</param>
    public bool TrySubmit(ushort head, long bytes)
    {
        // During a command nobody knows yet: Settle does.
        if ((!_lifecycle.TakesMessages && !_busy) || Audio.FrameBytes == 0)
        {
            return false;
        }

        bool isBad = bytes % Audio.FrameBytes != 0;
        bool blocks = isBad && Direction == PcmDirection.Playback && Has(VirtioSoundQuirks.PartialFrameBlocks);
        Submitted += blocks ? Never : isBad ? 0 : bytes / Audio.FrameBytes;
        Messages.Add(new SoundMessage(head, isBad ? 0 : bytes, Submitted, isBad));
        _arrived = true;
        return true;
    }

    /// <summary>All messages of a turn were submitted.</summary>
    public void MessagesArrived()
    {
        if (_arrived && !_busy)
        {
            _arrived = false;
            Pump();
        }
    }

    /// <summary>The driver took the queue back: the messages are its own again. The stream goes on.</summary>
    public void ForgetMessages()
    {
        Messages.Clear();
        MessagesGone();
    }

    /// <summary>Does what can be done now: completes, writes or reads. False when no wake-up is needed.</summary>
    /// <param name="availMin">How much must be available for the next wake-up.</param>
    private protected abstract bool Progress(out long availMin);

    /// <summary>Looks where the hardware is between two interrupts, and takes note. Capture does so by reading.</summary>
    private protected virtual void LookAtHardware()
    {
    }

    /// <summary>Makes the audio side run from where it stopped; nothing, when there is nothing to play.</summary>
    private protected abstract ValueTask<PcmError> RunAudioAsync();

    /// <summary>Completes one message that is not done.</summary>
    private protected abstract void Complete(in SoundMessage message, VirtioSoundStatusCode status, bool tellsRest);

    /// <summary>No message is left; positions that counted on them must not.</summary>
    private protected abstract void MessagesGone();

    /// <summary>A new PREPARE: every position is 0, no message is held.</summary>
    private protected abstract void ResetPositions();

    /// <summary>The audio side stands still in a running stream: it ran dry, or lost its place, or was not started for want of data.</summary>
    private protected void Recover()
    {
        if (Audio.State == PcmState.XRun && !_starved)
        {
            _starved = true;
            if (_tellsXRuns)
            {
                _context.Events.TellXRun(Id);
            }
        }

        if (Messages.Count > 0 && Position != _restartedAt)
        {
            Enqueue(new SoundStreamWork(SoundStreamCommand.Restart));
        }
        else if (Messages.Count > 0 || IsPolling)
        {
            // The last restart got nowhere, or no notification will come: look again after a period.
            LookIn(Audio.PeriodFrames);
        }
    }

    /// <summary>
    /// Sees to it that the stream looks when the audio side comes to a point between two of its periods, where it wakes nobody: the end of a
    /// message after a short one, or after a stop in the middle of one. Whether it really is there then, only its pointer says.
    /// </summary>
    /// <param name="session">Where the ring's position 0 is.</param>
    /// <param name="point">The frame.</param>
    private protected void LookAt(long session, long point)
    {
        if ((point - session) % Audio.PeriodFrames != 0)
        {
            LookAtHardware(); // what is known is of the last interrupt

            // Not oftener than 16 times a period, for a pointer that moves in steps.
            LookIn(Math.Max(point - Position, Audio.PeriodFrames / 16));
        }
    }

    private protected ExecutorAwaitable<T> OnExecutor<T>(ValueTask<T> task) => new(task, _context.Bus);

    private protected VirtioDeviceBus Bus => _context.Bus;

    /// <summary>Works until there is nothing to do, then waits for the audio side, if it runs.</summary>
    private void Pump()
    {
        if (_error != PcmError.None)
        {
            CompleteAll(VirtioSoundStatusCode.IOError, tellsRest: false);
            return;
        }

        if (State is not (SoundStreamState.Prepared or SoundStreamState.Running))
        {
            return; // stopped: messages are held
        }

        long availMin;
        do
        {
            if (!Progress(out availMin))
            {
                return;
            }
        }
        while (!Audio.TryArm(availMin, _wakeUp));
    }

    private void LookIn(long frames)
    {
        _timer ??= Audio.CreateTimer(static stream => ((SoundStream)stream!).Bus.Post(static self => ((SoundStream)self!).TimerFired(), stream), this);
        long ticks = ((TimeSpan.TicksPerSecond * frames) + Audio.Rate - 1) / Audio.Rate; // rounded up: too early is a look for nothing
        _timer.Change(TimeSpan.FromTicks(ticks), Timeout.InfiniteTimeSpan);
    }

    private void TimerFired()
    {
        _restartedAt = -1;
        if (State == SoundStreamState.Running && !_busy)
        {
            LookAtHardware();
        }

        Look();
    }

    private void Look()
    {
        if (State != SoundStreamState.Running)
        {
            return;
        }

        if (IsPolling)
        {
            Data.Collect(); // instead of the driver's notification
        }

        if (!_busy)
        {
            Pump();
            Data.Publish();
        }
    }

    private void Select(VirtioSoundPcmFeatures features)
    {
        IsPolling = (features & VirtioSoundPcmFeatures.MessagePolling) != 0;
        _tellsXRuns = (features & VirtioSoundPcmFeatures.XRunEvents) != 0;
    }

    private void CompleteAll(VirtioSoundStatusCode status, bool tellsRest)
    {
        if (Direction == PcmDirection.Capture && Has(VirtioSoundQuirks.CaptureNeverCompletes))
        {
            Messages.Clear(); // and the driver never sees them again
        }

        while (Messages.Count > 0)
        {
            SoundMessage message = Messages.RemoveFirst();
            Complete(message, message.IsBad ? VirtioSoundStatusCode.IOError : status, tellsRest);
        }

        MessagesGone();
    }
}
