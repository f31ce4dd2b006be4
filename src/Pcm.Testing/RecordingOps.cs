using System.Globalization;

namespace Pcm.Testing;

/// <summary>
/// Ops that do nothing but remember every call, and answer what the test says. The position is <see cref="Position"/>; nothing moves by itself.
/// </summary>
/// <remarks>Thread safety: the log from any thread; the scripted answers are set between calls.</remarks>
public sealed class RecordingOps : PcmOps
{
    private readonly Dictionary<string, Queue<PcmError>> _script = [];
    private readonly string _name;

    /// <summary>Ops that write to a log of their own, or to a shared one.</summary>
    /// <param name="name">Their name in a shared log.</param>
    /// <param name="hardware">What they can do; null: <see cref="DefaultHardware"/>.</param>
    /// <param name="log">A log shared with other ops; null: one of their own.</param>
    public RecordingOps(string name = "ops", PcmHardware? hardware = null, RecordingLog? log = null)
    {
        _name = name;
        Hardware = hardware ?? DefaultHardware;
        Log = log ?? new RecordingLog();
    }

    /// <summary>Stereo or mono, 8 to 192 kHz, pause and resume.</summary>
    public static PcmHardware DefaultHardware { get; } = new()
    {
        Info = PcmInfo.Mmap | PcmInfo.MmapValid | PcmInfo.Interleaved | PcmInfo.NonInterleaved | PcmInfo.Pause | PcmInfo.Resume,
        Formats = [PcmFormat.U8, PcmFormat.S16LE, PcmFormat.S32LE],
        Rates = PcmRates.Continuous,
        RateMin = 8000,
        RateMax = 192000,
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

    /// <summary>What was called.</summary>
    public RecordingLog Log { get; }

    /// <summary>What <see cref="GetPointer"/> answers.</summary>
    public PcmPosition Position { get; set; }

    /// <summary>Called inside every op, after it was recorded: where a test makes something happen meanwhile. Null: nothing.</summary>
    public Action<RecordedCall>? During { get; set; }

    /// <summary>The session; null before the first open.</summary>
    public PcmRuntime? Runtime { get; private set; }

    /// <summary>Lets the next call of an op answer something else than success; several answers queue up.</summary>
    /// <param name="call">The call as its text is: <c>prepare</c>, <c>trigger(START)</c>; ops with numbers by name only: <c>copy</c>, <c>ack</c>.</param>
    /// <param name="answers">What to answer, one call each.</param>
    public RecordingOps Answer(string call, params IEnumerable<PcmError> answers)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(answers);
        if (!_script.TryGetValue(call, out Queue<PcmError>? queue))
        {
            _script[call] = queue = new Queue<PcmError>();
        }

        foreach (PcmError answer in answers)
        {
            queue.Enqueue(answer);
        }

        return this;
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        Runtime = runtime;
        return RecordAsync("open");
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> CloseAsync() => RecordAsync("close");

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) => RecordAsync("hw_params");

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwFreeAsync() => RecordAsync("hw_free");

    /// <inheritdoc/>
    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken) => RecordAsync("prepare");

    /// <inheritdoc/>
    public override ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken) => RecordAsync("reset");

    /// <inheritdoc/>
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken) => RecordAsync("trigger", OpText.Of(command));

    /// <inheritdoc/>
    public override ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken) => RecordAsync("sync_stop");

    /// <inheritdoc/>
    public override PcmPosition GetPointer()
    {
        Add("pointer", string.Empty, Position.Frame);
        return Position;
    }

    /// <inheritdoc/>
    public override PcmError Ack() => Record("ack", Text(Runtime!.ApplicationPosition));

    /// <inheritdoc/>
    public override PcmError CopyToRing(PcmRuntime runtime, int byteOffset, ReadOnlySpan<byte> source)
    {
        PcmError error = Record("copy", OpText.Frames(runtime, byteOffset, source.Length));
        return error == PcmError.None ? base.CopyToRing(runtime, byteOffset, source) : error;
    }

    /// <inheritdoc/>
    public override PcmError CopyFromRing(PcmRuntime runtime, int byteOffset, Span<byte> destination)
    {
        PcmError error = Record("copy", OpText.Frames(runtime, byteOffset, destination.Length));
        return error == PcmError.None ? base.CopyFromRing(runtime, byteOffset, destination) : error;
    }

    /// <inheritdoc/>
    public override PcmError FillSilence(PcmRuntime runtime, int byteOffset, int byteCount)
    {
        PcmError error = Record("fill_silence", OpText.Frames(runtime, byteOffset, byteCount));
        return error == PcmError.None ? base.FillSilence(runtime, byteOffset, byteCount) : error;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private ValueTask<PcmError> RecordAsync(string op, string arguments = "") => new(Record(op, arguments));

    private PcmError Record(string op, string arguments)
    {
        PcmError result = PcmError.None;
        if (_script.TryGetValue($"{op}({arguments})", out Queue<PcmError>? answers) || _script.TryGetValue(op, out answers))
        {
            answers.TryDequeue(out result);
        }

        Add(op, arguments, (long)result);
        return result;
    }

    private void Add(string op, string arguments, long result)
    {
        var call = new RecordedCall(op, arguments, result, Runtime?.Services.NowNs ?? 0, _name);
        Log.Add(call);
        During?.Invoke(call);
    }
}
