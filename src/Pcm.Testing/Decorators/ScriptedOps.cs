namespace Pcm.Testing;

/// <summary>
/// Ops that expect a script: which op is called when, with what answer and what side effect. A call that is not the script's next is noted as a
/// deviation and answers EIO, so a test fails with the first wrong call and not with its consequences.
/// Positions, copies and signals are not scripted: the position is <see cref="Position"/>, copies work.
/// </summary>
/// <remarks>Thread safety: scripted before use; then one op at a time, as the core calls them.</remarks>
public sealed class ScriptedOps : PcmOps
{
    private readonly Queue<Line> _script = new();

    /// <summary>Ops with an empty script.</summary>
    /// <param name="hardware">What they can do; null: <see cref="RecordingOps.DefaultHardware"/>.</param>
    public ScriptedOps(PcmHardware? hardware = null) => Hardware = hardware ?? RecordingOps.DefaultHardware;

    private readonly record struct Line(string Call, PcmError Answer, TimeSpan Delay, Action<PcmRuntime>? Effect);

    /// <inheritdoc/>
    public override PcmHardware Hardware { get; }

    /// <summary>What <see cref="GetPointer"/> answers.</summary>
    public PcmPosition Position { get; set; }

    /// <summary>The session; null before the first open.</summary>
    public PcmRuntime? Runtime { get; private set; }

    /// <summary>The first call that was not the script's; null while there is none.</summary>
    public string? Deviation { get; private set; }

    /// <summary>Whether every line of the script was called.</summary>
    public bool IsDone => _script.Count == 0;

    /// <summary>Adds a line: the next call, and what it answers.</summary>
    /// <param name="call">In the kernel's words: <c>open</c>, <c>hw_params</c>, <c>trigger(START)</c>, <c>sync_stop</c>.</param>
    /// <param name="answer">What it answers.</param>
    /// <param name="delay">How long it takes on the card's clock.</param>
    /// <param name="effect">What happens inside the call, such as a signal; null: nothing.</param>
    public ScriptedOps Expect(string call, PcmError answer = PcmError.None, TimeSpan delay = default, Action<PcmRuntime>? effect = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(call);
        _script.Enqueue(new Line(call, answer, delay, effect));
        return this;
    }

    /// <summary>Throws unless the script was followed to its end.</summary>
    /// <exception cref="InvalidOperationException">A call deviated, or lines are left; the message says which.</exception>
    public void Verify()
    {
        if (Deviation is not null)
        {
            throw new InvalidOperationException(Deviation);
        }

        if (_script.TryPeek(out Line next))
        {
            throw new InvalidOperationException($"{next.Call} was never called, nor the {_script.Count - 1} calls after it.");
        }
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        Runtime = runtime;
        return PlayAsync("open", cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> CloseAsync() => PlayAsync("close", CancellationToken.None);

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) => PlayAsync("hw_params", cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwFreeAsync() => PlayAsync("hw_free", CancellationToken.None);

    /// <inheritdoc/>
    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken) => PlayAsync("prepare", cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken) => PlayAsync("reset", cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken) =>
        PlayAsync($"trigger({OpText.Of(command)})", cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken) => PlayAsync("sync_stop", cancellationToken);

    /// <inheritdoc/>
    public override PcmPosition GetPointer() => Position;

    private async ValueTask<PcmError> PlayAsync(string call, CancellationToken cancellationToken)
    {
        if (!_script.TryPeek(out Line line) || line.Call != call)
        {
            Deviation ??= $"{call} was called; the script has {(line.Call is null ? "ended" : line.Call)}.";
            return PcmError.IO;
        }

        _script.Dequeue();
        if (line.Delay > TimeSpan.Zero)
        {
            await PcmDelay.ForAsync(Runtime!.Time, line.Delay, cancellationToken);
        }

        line.Effect?.Invoke(Runtime!);
        return line.Answer;
    }
}
