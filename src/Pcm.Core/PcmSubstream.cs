using Microsoft.Extensions.Logging;

namespace Pcm;

/// <summary>
/// One substream of a card: what an application holds. Open it, choose parameters, prepare, transfer, close.
/// Answers, states and callback order are the kernel's (docs/KERNEL-CONFORMANCE.md).
/// </summary>
/// <remarks>
/// Thread safety: every member from any thread. Lifecycle verbs queue up, one at a time; one writer or reader runs beside any verb;
/// two concurrent writers, or readers, are a bug of the caller.
/// Cancelling a verb throws <see cref="OperationCanceledException"/> and leaves the state, except that a cancelled hw_params falls to OPEN like a failed one;
/// after a cancelled prepare the device may still own messages of the last run.
/// </remarks>
public sealed partial class PcmSubstream : IAsyncDisposable
{
    private readonly ILogger _log;
    private PcmRuntime? _runtime;
    private PcmStreamGroup _group;
    private PcmStreamLock _stream; // of the group, which the hot path need not look at
    private int _openCount;

    internal PcmSubstream(PcmDevice device, PcmDirection direction, int number, PcmOps ops)
    {
        Device = device;
        Direction = direction;
        Number = number;
        Ops = ops;
        Services = device.Card.Services;
        _log = Services.LoggerFactory.CreateLogger<PcmSubstream>();
        _group = NewGroupOfOne();
        _stream = _group.Stream;
    }

    /// <summary>The device it belongs to.</summary>
    public PcmDevice Device { get; }

    /// <summary>Its direction.</summary>
    public PcmDirection Direction { get; }

    /// <summary>Its number in the stream, from 0.</summary>
    public int Number { get; }

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => Volatile.Read(ref _runtime) is not null;

    /// <summary>The state; <see cref="PcmState.Open"/> also while closed (see <see cref="IsOpen"/>).</summary>
    public PcmState State => Volatile.Read(ref _runtime)?.Lifecycle.State ?? PcmState.Open;

    /// <summary>The state before the last suspend; <see cref="PcmState.Open"/> if there was none since open.</summary>
    public PcmState SuspendedState => Volatile.Read(ref _runtime)?.Lifecycle.SuspendedState ?? PcmState.Open;

    /// <summary>
    /// The file's non-blocking flag. Drain looks at it at once; waiting reads and writes use the value captured at open and at the last prepare.
    /// </summary>
    public bool NonBlocking { get; set; }

    /// <summary>
    /// How long a blocked transfer waits without progress before EIO; null (default): 1.1 times the ring, at least 100 ms.
    /// Without period wake-ups it waits for ever all the same.
    /// </summary>
    public TimeSpan? WaitTime { get; set; }

    /// <summary>The negotiated session: parameters, positions, boundary. Null while closed.</summary>
    public PcmRuntime? Runtime => Volatile.Read(ref _runtime);

    internal PcmOps Ops { get; }

    internal PcmServices Services { get; }

    /// <summary>
    /// Opens exactly this substream. <see cref="PcmDevice.OpenAsync"/> picks a free one.
    /// </summary>
    /// <param name="mode">Non-blocking, append.</param>
    /// <param name="cancellationToken">Gives up waiting for a busy substream.</param>
    public async ValueTask<PcmError> OpenAsync(PcmOpenMode mode = PcmOpenMode.None, CancellationToken cancellationToken = default) =>
        (await Device.OpenAsync(Direction, mode, Number, cancellationToken)).Error;

    /// <summary>
    /// Closes: stops (the linked group too), waits for the backend, frees everything. Never fails; closing what is closed does nothing.
    /// </summary>
    public ValueTask CloseAsync() => Device.CloseAsync(this);

    /// <summary>As <see cref="CloseAsync"/>.</summary>
    public ValueTask DisposeAsync() => CloseAsync();

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Device.Card.Id}:{Device.Number}:{Number} {(Direction == PcmDirection.Playback ? "playback" : "capture")} {(IsOpen ? State : "closed")}";

    /// <summary>Number of opens; more than one only through append.</summary>
    internal int OpenCount => _openCount;

    /// <summary>One more user of an open substream (append). Context: the device's open gate.</summary>
    internal void Share() => _openCount++;

    /// <summary>Opens the session. Context: the device's open gate.</summary>
    internal async ValueTask<PcmError> OpenSessionAsync(bool nonBlocking, CancellationToken cancellationToken)
    {
        var runtime = new PcmRuntime(this, Ops.Hardware);
        runtime.Constraints.Reset();
        PcmError error = await GuardAsync(static (ops, r, ct) => ops.OpenAsync(r, ct), runtime, cancellationToken);
        if (error != PcmError.None)
        {
            return error;
        }

        error = runtime.Constraints.Complete(runtime.Hardware, Device.BufferBytesMax, runtime.Hardware.Info.HasFlag(PcmInfo.Mmap));
        if (error != PcmError.None)
        {
            await GuardAsync(static (ops, _, _) => ops.CloseAsync(), runtime, CancellationToken.None);
            return error;
        }

        NonBlocking = nonBlocking;
        runtime.NonBlocking = nonBlocking;
        _openCount = 1;
        PcmStreamLock held = EnterStream();
        Volatile.Write(ref _runtime, runtime);
        held.Exit();
        return PcmError.None;
    }

    /// <summary>Ends the session when the last user closes. Context: the device's open gate.</summary>
    /// <returns>True when the substream is free now.</returns>
    internal async ValueTask<bool> CloseSessionAsync()
    {
        if (_runtime is not { } runtime || --_openCount > 0)
        {
            return false;
        }

        PcmStreamGroup group = await EnterGateAsync(CancellationToken.None);
        try
        {
            await PayOwedAsync(group);
            await DropNeedsGateAsync(group, runtime);
            await StopIfStillMovingAsync(group, runtime);
            if (runtime.Lifecycle.State != PcmState.Open)
            {
                await HwFreeNeedsGateAsync(runtime);
            }

            await GuardAsync(static (ops, _, _) => ops.CloseAsync(), runtime, CancellationToken.None);
            PcmStreamLock held = EnterStream();
            try
            {
                Volatile.Write(ref _runtime, null);
                runtime.PollQueue.WakeAll();
                runtime.TransferQueue.WakeAll();
                LeaveGroup_NeedsLock();
            }
            finally
            {
                held.Exit();
            }
        }
        finally
        {
            group.Gate.Exit();
        }

        return true;
    }

    /// <summary>Locks the stream: the group's lock, whichever group that is by the time it is held.</summary>
    /// <returns>The lock to exit.</returns>
    internal PcmStreamLock EnterStream()
    {
        while (true)
        {
            PcmStreamLock stream = Volatile.Read(ref _stream);
            stream.Enter();
            if (ReferenceEquals(stream, _stream))
            {
                return stream;
            }

            stream.Exit(); // linked or unlinked while we waited
        }
    }

    /// <summary>Enters the gate of the group, whichever group that is by the time it is held.</summary>
    /// <remarks>Without a state machine when the gate is free, which it nearly always is; every verb comes through here.</remarks>
    private ValueTask<PcmStreamGroup> EnterGateAsync(CancellationToken cancellationToken)
    {
        PcmStreamGroup group = Volatile.Read(ref _group);
        if (!group.Gate.TryEnter())
        {
            return EnterGateSlowAsync(cancellationToken);
        }

        if (ReferenceEquals(group, _group))
        {
            return new ValueTask<PcmStreamGroup>(group);
        }

        group.Gate.Exit(); // linked or unlinked meanwhile
        return EnterGateSlowAsync(cancellationToken);
    }

    private async ValueTask<PcmStreamGroup> EnterGateSlowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            PcmStreamGroup group = Volatile.Read(ref _group);
            await group.Gate.EnterAsync(cancellationToken);
            if (ReferenceEquals(group, _group))
            {
                return group;
            }

            group.Gate.Exit();
        }
    }

    /// <summary>What every verb answers first: not open ENXIO, gone ENODEV.</summary>
    private PcmError TryGetRuntime(out PcmRuntime runtime)
    {
        runtime = Volatile.Read(ref _runtime)!;
        return runtime is null ? PcmError.NotOpen
            : Device.Card.IsDisconnected || runtime.Lifecycle.State == PcmState.Disconnected ? PcmError.NoDevice
            : PcmError.None;
    }

    /// <summary>Runs a verb: entry checks, gate, triggers still owed to the backend, then the body.</summary>
    /// <remarks>
    /// Here and in the verbs below it, what usually does not wait is a plain method, which hands over to an async one when it has to: a state machine
    /// takes as long as a lock does, and a verb would go through four of them (row "stop, prepare, start" of bench/Pcm.Bench).
    /// </remarks>
    private ValueTask<PcmError> RunAsync(
        Func<PcmSubstream, PcmStreamGroup, PcmRuntime, CancellationToken, ValueTask<PcmError>> body, CancellationToken cancellationToken)
    {
        PcmError error = TryGetRuntime(out _);
        if (error != PcmError.None)
        {
            return new ValueTask<PcmError>(error);
        }

        ValueTask<PcmStreamGroup> entering = EnterGateAsync(cancellationToken);
        if (!entering.IsCompletedSuccessfully)
        {
            return RunSlowAsync(entering, body, cancellationToken);
        }

        PcmStreamGroup group = entering.Result;
        ValueTask<PcmError> running = RunNeedsGateAsync(group, body, cancellationToken);
        if (!running.IsCompletedSuccessfully)
        {
            return ExitAfterAsync(group, running);
        }

        error = running.Result; // before the next verb may come
        group.Gate.Exit();
        return new ValueTask<PcmError>(error);
    }

    private async ValueTask<PcmError> RunSlowAsync(
        ValueTask<PcmStreamGroup> entering, Func<PcmSubstream, PcmStreamGroup, PcmRuntime, CancellationToken, ValueTask<PcmError>> body,
        CancellationToken cancellationToken)
    {
        PcmStreamGroup group = await entering;
        return await ExitAfterAsync(group, RunNeedsGateAsync(group, body, cancellationToken));
    }

    private ValueTask<PcmError> RunNeedsGateAsync(
        PcmStreamGroup group, Func<PcmSubstream, PcmStreamGroup, PcmRuntime, CancellationToken, ValueTask<PcmError>> body, CancellationToken cancellationToken)
    {
        try
        {
            ValueTask paying = PayOwedAsync(group);
            if (!paying.IsCompletedSuccessfully)
            {
                return RunAfterAsync(paying, group, body, cancellationToken);
            }

            PcmError error = TryGetRuntime(out PcmRuntime runtime); // it may be closed or gone by now
            return error != PcmError.None ? new ValueTask<PcmError>(error) : body(this, group, runtime, cancellationToken);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<PcmError>(e); // who entered the gate leaves it
        }
    }

    private async ValueTask<PcmError> RunAfterAsync(
        ValueTask paying, PcmStreamGroup group, Func<PcmSubstream, PcmStreamGroup, PcmRuntime, CancellationToken, ValueTask<PcmError>> body,
        CancellationToken cancellationToken)
    {
        await paying;
        return await RunNeedsGateAsync(group, body, cancellationToken);
    }

    private static async ValueTask<PcmError> ExitAfterAsync(PcmStreamGroup group, ValueTask<PcmError> running)
    {
        try
        {
            return await running;
        }
        finally
        {
            group.Gate.Exit();
        }
    }

    /// <summary>Calls an op; what it throws is logged and becomes EIO, except a cancellation that was asked for.</summary>
    private ValueTask<PcmError> GuardAsync(
        Func<PcmOps, PcmRuntime, CancellationToken, ValueTask<PcmError>> op, PcmRuntime runtime, CancellationToken cancellationToken)
    {
        ValueTask<PcmError> task;
        try
        {
            task = op(Ops, runtime, cancellationToken);
        }
        catch (Exception e)
        {
            task = ValueTask.FromException<PcmError>(e); // whether it throws or its task fails is the same
        }

        return task.IsCompletedSuccessfully ? task : GuardSlowAsync(task, cancellationToken);
    }

    private ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        ValueTask<PcmError> task;
        try
        {
            task = Ops.TriggerAsync(command, cancellationToken);
        }
        catch (Exception e)
        {
            task = ValueTask.FromException<PcmError>(e);
        }

        return task.IsCompletedSuccessfully ? task : GuardSlowAsync(task, cancellationToken);
    }

    private async ValueTask<PcmError> GuardSlowAsync(ValueTask<PcmError> task, CancellationToken cancellationToken)
    {
        try
        {
            return await task;
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            return OpThrew(e);
        }
    }

    private PcmError OpThrew(Exception e)
    {
        PcmLog.OpThrew(_log, this, e);
        return e is OutOfMemoryException ? PcmError.NoMemory : PcmError.IO;
    }

    private PcmStreamGroup NewGroupOfOne()
    {
        var group = new PcmStreamGroup(Services);
        group.AddFirst(this);
        return group;
    }
}
