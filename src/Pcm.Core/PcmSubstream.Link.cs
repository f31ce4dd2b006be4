namespace Pcm;

/// <content>Linked streams: one action for all.</content>
public sealed partial class PcmSubstream
{
    /// <summary>
    /// Links <paramref name="other"/> to this stream and to those linked to it: start, stop, pause, prepare and the like then act on all.
    /// </summary>
    /// <param name="other">An open substream, not linked yet, in the same state.</param>
    /// <param name="cancellationToken">Gives up waiting for its turn.</param>
    /// <returns>EINVAL: itself. EBADFD: OPEN, or in another state, or not open. EALREADY: linked already.</returns>
    public async ValueTask<PcmError> LinkAsync(PcmSubstream other, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(other);
        PcmError error = TryGetRuntime(out _);
        if (error != PcmError.None)
        {
            return error;
        }

        if (other == this)
        {
            return PcmError.InvalidArgument;
        }

        (PcmStreamGroup mine, PcmStreamGroup theirs) = await EnterTwoGatesAsync(other, cancellationToken);
        try
        {
            await PayOwedAsync(mine);
            if (theirs != mine)
            {
                await PayOwedAsync(theirs);
            }

            return Merge(other, mine, theirs);
        }
        finally
        {
            mine.Gate.Exit();
            if (theirs != mine)
            {
                theirs.Gate.Exit();
            }
        }
    }

    /// <summary>Takes this stream out of its group; a group of two ends.</summary>
    /// <param name="cancellationToken">Gives up waiting for its turn.</param>
    /// <returns>EALREADY: not linked.</returns>
    public ValueTask<PcmError> UnlinkAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            static (s, group, _, _) =>
            {
                if (group.Members.Count == 1)
                {
                    return new ValueTask<PcmError>(PcmError.Already);
                }

                PcmStreamLock held = s.EnterStream();
                try
                {
                    foreach (PcmSubstream member in group.Members)
                    {
                        member._runtime?.PollQueue.WakeAll();
                    }

                    s.LeaveGroup_NeedsLock();
                    return default;
                }
                finally
                {
                    held.Exit();
                }
            },
            cancellationToken);

    internal IEnumerable<PcmRuntime> LinkedRuntimes()
    {
        foreach (PcmSubstream member in _group.Members)
        {
            if (member._runtime is { } runtime)
            {
                yield return runtime;
            }
        }
    }

    /// <summary>Two gates, in the order of creation of their first members, so that two links cannot wait for each other.</summary>
    private async ValueTask<(PcmStreamGroup Mine, PcmStreamGroup Theirs)> EnterTwoGatesAsync(PcmSubstream other, CancellationToken cancellationToken)
    {
        while (true)
        {
            PcmStreamGroup mine = Volatile.Read(ref _group), theirs = Volatile.Read(ref other._group);
            (PcmStreamGroup first, PcmStreamGroup second) = mine.Order <= theirs.Order ? (mine, theirs) : (theirs, mine);
            await first.Gate.EnterAsync(cancellationToken);
            try
            {
                if (first != second)
                {
                    await second.Gate.EnterAsync(cancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
                first.Gate.Exit();
                throw;
            }

            if (mine == _group && theirs == other._group)
            {
                return (mine, theirs);
            }

            first.Gate.Exit();
            if (first != second)
            {
                second.Gate.Exit();
            }
        }
    }

    private PcmError Merge(PcmSubstream other, PcmStreamGroup mine, PcmStreamGroup theirs)
    {
        (PcmStreamGroup first, PcmStreamGroup second) = mine.Order <= theirs.Order ? (mine, theirs) : (theirs, mine);
        first.Stream.Enter();
        if (first != second)
        {
            second.Stream.Enter();
        }

        try
        {
            if (State == PcmState.Open || other._runtime is null || other.State != State || other.Device.IsNonatomic != Device.IsNonatomic)
            {
                return PcmError.BadState;
            }

            if (theirs.Members.Count > 1)
            {
                return PcmError.Already;
            }

            // In front: the kernel's list has the most recently linked first, before the stream that asked.
            mine.AddFirst(other);
            other.Join(mine);
            return PcmError.None;
        }
        finally
        {
            if (first != second)
            {
                second.Stream.Exit();
            }

            first.Stream.Exit();
        }
    }

    private void Join(PcmStreamGroup group)
    {
        Volatile.Write(ref _group, group);
        Volatile.Write(ref _stream, group.Stream);
    }

    /// <summary>Back to a group of one. Context: gate and stream lock of the present group held; whoever waits for either tries again.</summary>
    private void LeaveGroup_NeedsLock()
    {
        if (_group.Members.Count > 1)
        {
            _group.Remove(this);
            Join(NewGroupOfOne());
        }
    }
}
