namespace Pcm;

/// <summary>One PCM device of a card: a playback and a capture stream, each of zero or more substreams.</summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
public sealed class PcmDevice
{
    private readonly PcmGate _openGate;
    private readonly Lock _lock = new();
    private readonly PcmWaitQueue _openQueue = new();
    private readonly PcmWaiterPool _waiters;

    internal PcmDevice(PcmCard card, int number, PcmDeviceDescription description)
    {
        Card = card;
        Number = number;
        Name = description.Name;
        IsHalfDuplex = description.IsHalfDuplex;
        IsNonatomic = description.IsNonatomic;
        BufferBytesMax = description.BufferBytesMax;
        _openGate = new PcmGate(card.Services);
        _waiters = new PcmWaiterPool(card.Services);
        Playback = Build(PcmDirection.Playback, description.Playback);
        Capture = Build(PcmDirection.Capture, description.Capture);
    }

    /// <summary>The card.</summary>
    public PcmCard Card { get; }

    /// <summary>The device's number on its card, from 0.</summary>
    public int Number { get; }

    /// <summary>What a person calls it.</summary>
    public string Name { get; }

    /// <summary>Only one direction may be open at a time.</summary>
    public bool IsHalfDuplex { get; }

    /// <summary>Triggers may wait; such a stream cannot be linked to one whose triggers do not.</summary>
    public bool IsNonatomic { get; }

    /// <summary>The playback substreams.</summary>
    public IReadOnlyList<PcmSubstream> Playback { get; }

    /// <summary>The capture substreams.</summary>
    public IReadOnlyList<PcmSubstream> Capture { get; }

    /// <summary>The largest ring that may be asked for, bytes.</summary>
    internal uint BufferBytesMax { get; }

    /// <summary>The substreams of one direction.</summary>
    /// <param name="direction">Which.</param>
    public IReadOnlyList<PcmSubstream> Stream(PcmDirection direction) => direction == PcmDirection.Playback ? Playback : Capture;

    /// <summary>
    /// Opens a free substream, waiting for one unless told not to.
    /// </summary>
    /// <param name="direction">Playback or capture.</param>
    /// <param name="mode">Non-blocking, append.</param>
    /// <param name="substream">A certain substream; null: the first free one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>
    /// The substream, or why not. ENODEV: no such stream, or the card went away meanwhile; ENOENT: it was gone before. EBUSY: all busy and non-blocking.
    /// EINVAL: append with several substreams and none named. EBADFD: append to one that is closed. What the backend answers.
    /// </returns>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public async ValueTask<PcmOpenResult> OpenAsync(
        PcmDirection direction, PcmOpenMode mode = PcmOpenMode.None, int? substream = null, CancellationToken cancellationToken = default)
    {
        if (Card.IsDisconnected)
        {
            return new PcmOpenResult(PcmError.NoEntry, null);
        }

        bool nonBlocking = mode.HasFlag(PcmOpenMode.NonBlocking);
        while (true)
        {
            PcmWaiter? waiter = null;
            PcmOpenResult result;
            await _openGate.EnterAsync(cancellationToken);
            try
            {
                result = Card.IsDisconnected
                    ? new PcmOpenResult(PcmError.NoDevice, null)
                    : await TryOpenAsync(direction, mode, nonBlocking, substream, cancellationToken);
                if (result.Error == PcmError.Again && !nonBlocking)
                {
                    waiter = Enqueue(); // before the gate opens, so that no close is missed
                }
            }
            finally
            {
                _openGate.Exit();
            }

            if (waiter is null)
            {
                return result.Error == PcmError.Again ? new PcmOpenResult(PcmError.Busy, null) : result;
            }

            PcmWake wake = await waiter.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);
            waiter.Disarm();
            Dequeue(waiter);
            if (wake == PcmWake.Cancelled)
            {
                throw new OperationCanceledException(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Card.Id}:{Number} {Name}";

    internal async ValueTask CloseAsync(PcmSubstream substream)
    {
        await _openGate.EnterAsync(CancellationToken.None);
        try
        {
            if (!await substream.CloseSessionAsync())
            {
                return;
            }
        }
        finally
        {
            _openGate.Exit();
        }

        WakeOpeners();
    }

    /// <summary>The card is gone: every open stream stops and every wait ends (fact sheet 3.19).</summary>
    internal async ValueTask DisconnectAsync()
    {
        await _openGate.EnterAsync(CancellationToken.None);
        try
        {
            WakeOpeners();
            foreach (PcmSubstream substream in Playback.Concat(Capture))
            {
                await substream.DisconnectAsync();
            }
        }
        finally
        {
            _openGate.Exit();
        }
    }

    /// <summary>Suspends every open substream, then waits until the hardware is at rest (the kernel's <c>snd_pcm_suspend_all</c>).</summary>
    internal async ValueTask SuspendAsync()
    {
        await _openGate.EnterAsync(CancellationToken.None);
        try
        {
            foreach (PcmSubstream substream in Playback.Concat(Capture))
            {
                await substream.SuspendForCardAsync();
            }

            foreach (PcmSubstream substream in Playback.Concat(Capture))
            {
                await substream.SyncStopForCardAsync();
            }
        }
        finally
        {
            _openGate.Exit();
        }
    }

    private List<PcmSubstream> Build(PcmDirection direction, IReadOnlyList<PcmOps> ops)
    {
        var substreams = new List<PcmSubstream>(ops.Count);
        for (int i = 0; i < ops.Count; i++)
        {
            PcmOps decorated = ops[i];
            foreach (PcmOpsDecorator decorator in Card.Services.Decorators)
            {
                decorated = decorator.Decorate(decorated, direction, i);
            }

            substreams.Add(new PcmSubstream(this, direction, i, decorated));
        }

        return substreams;
    }

    private async ValueTask<PcmOpenResult> TryOpenAsync(
        PcmDirection direction, PcmOpenMode mode, bool nonBlocking, int? wanted, CancellationToken cancellationToken)
    {
        PcmError error = Attach(direction, mode, wanted, out PcmSubstream? substream);
        if (error != PcmError.None)
        {
            return new PcmOpenResult(error, null);
        }

        if (mode.HasFlag(PcmOpenMode.Append))
        {
            substream!.Share();
            return new PcmOpenResult(PcmError.None, substream);
        }

        error = await substream!.OpenSessionAsync(nonBlocking, cancellationToken);
        return new PcmOpenResult(error, error == PcmError.None ? substream : null);
    }

    private PcmError Attach(PcmDirection direction, PcmOpenMode mode, int? wanted, out PcmSubstream? substream)
    {
        substream = null;
        IReadOnlyList<PcmSubstream> candidates = Stream(direction);
        if (candidates.Count == 0 || wanted < 0 || wanted >= candidates.Count)
        {
            return PcmError.NoDevice;
        }

        PcmDirection opposite = direction == PcmDirection.Playback ? PcmDirection.Capture : PcmDirection.Playback;
        if (IsHalfDuplex && Stream(opposite).Any(static s => s.IsOpen))
        {
            return PcmError.Again;
        }

        if (mode.HasFlag(PcmOpenMode.Append))
        {
            if (wanted is null && candidates.Count > 1)
            {
                return PcmError.InvalidArgument;
            }

            substream = candidates[wanted ?? 0];
            return substream.IsOpen ? PcmError.None : PcmError.BadState;
        }

        substream = wanted is { } number ? candidates[number] : candidates.FirstOrDefault(static s => !s.IsOpen);
        return substream is { IsOpen: false } ? PcmError.None : PcmError.Again;
    }

    private PcmWaiter Enqueue()
    {
        lock (_lock)
        {
            PcmWaiter waiter = _waiters.Rent();
            waiter.Arm(blocking: false);
            _openQueue.Enqueue(waiter);
            return waiter;
        }
    }

    private void Dequeue(PcmWaiter waiter)
    {
        lock (_lock)
        {
            _openQueue.Remove(waiter);
            _waiters.Return(waiter);
        }
    }

    private void WakeOpeners()
    {
        lock (_lock)
        {
            _openQueue.WakeAll();
        }
    }
}
