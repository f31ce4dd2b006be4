namespace Pcm.Testing;

/// <summary>
/// Hardware moved by hand: a test decides when and how far it goes, and which op fails. For tests of applications and of the core itself.
/// </summary>
/// <remarks>Thread safety: <see cref="Advance"/> from one thread at a time.</remarks>
public sealed class ManualOps : PcmOps
{
    private readonly Queue<(PcmCommand Command, PcmError Answer)> _answers = new();
    private PcmRuntime? _runtime;
    private long _frames;

    /// <summary>Hardware that takes S16_LE in stereo at 8 to 48 kHz and can do everything; its limits can be replaced.</summary>
    /// <param name="hardware">Null: the default.</param>
    public ManualOps(PcmHardware? hardware = null) => Hardware = hardware ?? DefaultHardware;

    /// <summary>What <see cref="Hardware"/> is unless given.</summary>
    public static PcmHardware DefaultHardware { get; } = new()
    {
        Info = PcmInfo.Interleaved | PcmInfo.NonInterleaved | PcmInfo.Mmap | PcmInfo.MmapValid | PcmInfo.Pause | PcmInfo.Resume | PcmInfo.NoPeriodWakeup,
        Formats = PcmFormats.Create([PcmFormat.S16LE, PcmFormat.U8]),
        Rates = PcmRates.Continuous,
        RateMin = 8000,
        RateMax = 48000,
        ChannelsMin = 1,
        ChannelsMax = 2,
        BufferBytesMax = 1 << 20,
        PeriodBytesMin = 16,
        PeriodBytesMax = 1 << 19,
        PeriodsMin = 1,
        PeriodsMax = 1024,
    };

    /// <inheritdoc/>
    public override PcmHardware Hardware { get; }

    /// <summary>Whether the hardware was started and not stopped since.</summary>
    public bool IsMoving { get; private set; }

    /// <summary>Frames moved since prepare.</summary>
    public long Frames => _frames;

    /// <summary>Commands received, oldest first.</summary>
    public List<PcmCommand> Commands { get; } = [];

    /// <summary>What <see cref="Ack"/> answers.</summary>
    public PcmError AckAnswer { get; set; }

    /// <summary>What <see cref="PrepareAsync"/> answers.</summary>
    public PcmError PrepareAnswer { get; set; }

    /// <summary>Makes the next <paramref name="command"/> answer <paramref name="answer"/>.</summary>
    /// <param name="command">Which.</param>
    /// <param name="answer">Its answer.</param>
    public void AnswerNext(PcmCommand command, PcmError answer) => _answers.Enqueue((command, answer));

    /// <summary>Moves the position and reports a period, if the hardware runs.</summary>
    /// <param name="frames">How far, not negative.</param>
    public void Advance(long frames)
    {
        if (IsMoving)
        {
            Volatile.Write(ref _frames, _frames + frames);
            _runtime!.PeriodElapsed();
        }
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        _runtime = runtime;
        IsMoving = false;
        return default;
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _frames, 0);
        return new ValueTask<PcmError>(PrepareAnswer);
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        Commands.Add(command);
        PcmError answer = _answers.TryPeek(out (PcmCommand Command, PcmError Answer) next) && next.Command == command ? _answers.Dequeue().Answer : PcmError.None;
        if (answer == PcmError.None)
        {
            IsMoving = command is PcmCommand.Start or PcmCommand.PauseRelease or PcmCommand.Resume || (IsMoving && command == PcmCommand.Drain);
        }

        return new ValueTask<PcmError>(answer);
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken)
    {
        if (!IsMoving)
        {
            Volatile.Write(ref _frames, 0);
        }

        return default;
    }

    /// <inheritdoc/>
    public override PcmPosition GetPointer() => new(Volatile.Read(ref _frames) % _runtime!.BufferFrames);

    /// <inheritdoc/>
    public override PcmError Ack() => AckAnswer;
}
