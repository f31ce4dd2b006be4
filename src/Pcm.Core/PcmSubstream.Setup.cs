namespace Pcm;

/// <content>Parameters: refine, hw_params, hw_free, sw_params; then prepare and reset.</content>
public sealed partial class PcmSubstream
{
    /// <summary>
    /// Narrows <paramref name="request"/> to what the hardware can do; allowed in every state, changes nothing.
    /// </summary>
    /// <param name="request">In: what is wanted. Out: what is possible of it; untouched on failure.</param>
    /// <returns>EINVAL when nothing is left of a parameter.</returns>
    public PcmError HwRefine(PcmHwParams request)
    {
        ArgumentNullException.ThrowIfNull(request);
        PcmError error = TryGetRuntime(out PcmRuntime runtime);
        if (error != PcmError.None)
        {
            return error;
        }

        PcmHwParams work = runtime.Scratch;
        lock (work)
        {
            work.CopyFrom(request);
            error = runtime.Constraints.Refine(work);
            if (error == PcmError.None)
            {
                error = FixUp(runtime, work);
            }

            if (error == PcmError.None)
            {
                request.CopyFrom(work);
            }
        }

        return error;
    }

    /// <summary>
    /// Chooses one value for every parameter, allocates the ring, tells the backend; the state becomes SETUP and the software parameters their defaults.
    /// </summary>
    /// <param name="request">In: what is wanted. Out: what was chosen; untouched on failure.</param>
    /// <param name="cancellationToken">Gives up; the stream then falls to OPEN, as on any failure after the checks.</param>
    /// <returns>EBADFD in a state other than OPEN, SETUP, PREPARED. EBUSY: a transfer is copying. EINVAL, ENOMEM, or what the backend answers: the stream is in OPEN.</returns>
    public ValueTask<PcmError> HwParamsAsync(PcmHwParams request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync((s, _, runtime, ct) => s.HwParamsNeedsGateAsync(runtime, request, ct), cancellationToken);
    }

    /// <summary>Gives the parameters and the ring back: SETUP or PREPARED to OPEN.</summary>
    /// <param name="cancellationToken">Gives up waiting for its turn.</param>
    /// <returns>EBADFD elsewhere; EBUSY: a transfer is copying; what the backend answers (the state is OPEN all the same).</returns>
    public ValueTask<PcmError> HwFreeAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            static async (s, _, runtime, _) =>
            {
                PcmError error = s.LockBuffer(runtime, PcmTrigger.HwFree);
                if (error != PcmError.None)
                {
                    return error;
                }

                try
                {
                    return await s.HwFreeNeedsGateAsync(runtime);
                }
                finally
                {
                    s.UnlockBuffer(runtime);
                }
            },
            cancellationToken);

    /// <summary>The software parameters in force; the defaults of hw_params until set.</summary>
    /// <returns>All zero while closed.</returns>
    public PcmSwParams GetSwParams() => Volatile.Read(ref _runtime)?.SwParams ?? default;

    /// <summary>Sets the software parameters.</summary>
    /// <param name="swParams">The new values; all of them count.</param>
    /// <returns>
    /// EBADFD in OPEN. EINVAL: avail_min 0, or silence sizes that do not fit. EPIPE: the new thresholds stopped a running stream (they are kept).
    /// </returns>
    public PcmError SetSwParams(in PcmSwParams swParams)
    {
        PcmError error = TryGetRuntime(out PcmRuntime runtime);
        if (error != PcmError.None)
        {
            return error;
        }

        PcmStreamLock held = EnterStream();
        try
        {
            if (runtime.Lifecycle.State == PcmState.Open)
            {
                return PcmError.BadState;
            }

            bool topUp = (ulong)swParams.SilenceSize >= (ulong)runtime.Boundary;
            bool silenceFits = topUp
                ? swParams.SilenceThreshold == 0
                : (ulong)swParams.SilenceSize <= (ulong)swParams.SilenceThreshold && (ulong)swParams.SilenceThreshold <= (ulong)runtime.BufferFrames;
            if (swParams.AvailMin == 0 || !silenceFits)
            {
                return PcmError.InvalidArgument;
            }

            runtime.SwParams = swParams;
            if (!runtime.IsMoving)
            {
                return PcmError.None;
            }

            if (Direction == PcmDirection.Playback && swParams.SilenceSize != 0)
            {
                PcmSilence.Fill(runtime, Ops, PcmSilence.Init);
            }

            return UpdateState_NeedsLock(runtime);
        }
        finally
        {
            held.Exit();
        }
    }

    private async ValueTask<PcmError> HwParamsNeedsGateAsync(PcmRuntime runtime, PcmHwParams request, CancellationToken cancellationToken)
    {
        PcmError error = LockBuffer(runtime, PcmTrigger.HwParams);
        if (error != PcmError.None)
        {
            return error;
        }

        bool committed = false;
        try
        {
            await SyncStopNeedsGateAsync(cancellationToken);
            var chosen = new PcmHwParams();
            chosen.CopyFrom(request);
            error = ChooseAndAllocate(runtime, chosen);
            if (error == PcmError.None)
            {
                error = await GuardAsync((ops, _, ct) => ops.HwParamsAsync(chosen, ct), runtime, cancellationToken);
            }

            if (error >= PcmError.None)
            {
                HwParamsChosen(runtime, chosen);
                committed = true;
                request.CopyFrom(chosen);
                return PcmError.None; // a positive answer is accepted and discarded
            }

            return error;
        }
        finally
        {
            if (!committed)
            {
                Commit(runtime, PcmTrigger.HwParamsFailed);
                await GuardAsync(static (ops, _, _) => ops.HwFreeAsync(), runtime, CancellationToken.None);
                FreeBuffer(runtime);
            }

            UnlockBuffer(runtime);
        }
    }

    private PcmError ChooseAndAllocate(PcmRuntime runtime, PcmHwParams chosen)
    {
        chosen.Requested = uint.MaxValue;
        PcmError error = runtime.Constraints.Refine(chosen);
        if (error == PcmError.None)
        {
            error = runtime.Constraints.Choose(chosen);
        }

        if (error == PcmError.None)
        {
            error = FixUp(runtime, chosen);
        }

        return error != PcmError.None ? error : AllocateBuffer(runtime, chosen);
    }

    private PcmError AllocateBuffer(PcmRuntime runtime, PcmHwParams chosen)
    {
        uint bytes = chosen.GetInterval(PcmHwParameter.BufferBytes).Min;
        if (runtime.Buffer is { } old && (uint)old.Length >= bytes)
        {
            return PcmError.None;
        }

        FreeBuffer(runtime);
        if (bytes > int.MaxValue || !Device.Card.TryReserve(bytes))
        {
            return PcmError.NoMemory;
        }

        try
        {
            runtime.Buffer = Ops.AllocateBuffer((int)bytes);
            runtime.ReservedBytes = bytes;
            return PcmError.None;
        }
        catch (Exception e)
        {
            Device.Card.Release(bytes);
            return OpThrew(e);
        }
    }

    private void FreeBuffer(PcmRuntime runtime)
    {
        if (runtime.Buffer is { } buffer)
        {
            runtime.Buffer = null;
            Device.Card.Release(runtime.ReservedBytes);
            buffer.Dispose();
        }
    }

    /// <summary>What the chosen parameters say that no rule narrows: FIFO, exact rate, significant bits, info.</summary>
    private PcmError FixUp(PcmRuntime runtime, PcmHwParams work)
    {
        if (work.GetMask(PcmHwParameter.Format).IsSingle && work.GetInterval(PcmHwParameter.Channels).IsSingle)
        {
            work.FifoFrames = Ops.GetFifoFrames(work);
        }

        return PcmConstraints.Fixup(work, runtime.Hardware, runtime.Hardware.Info.HasFlag(PcmInfo.Mmap));
    }

    private void HwParamsChosen(PcmRuntime runtime, PcmHwParams chosen)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            runtime.Access = (PcmAccess)chosen.GetMask(PcmHwParameter.Access).Lowest;
            runtime.Format = (PcmFormat)chosen.GetMask(PcmHwParameter.Format).Lowest;
            runtime.Subformat = chosen.GetMask(PcmHwParameter.Subformat).Lowest;
            runtime.Channels = (int)chosen.GetInterval(PcmHwParameter.Channels).Min;
            runtime.Rate = (int)chosen.GetInterval(PcmHwParameter.Rate).Min;
            runtime.PeriodFrames = (int)chosen.GetInterval(PcmHwParameter.PeriodSize).Min;
            runtime.Periods = (int)chosen.GetInterval(PcmHwParameter.Periods).Min;
            runtime.BufferFrames = (int)chosen.GetInterval(PcmHwParameter.BufferSize).Min;
            runtime.Info = chosen.Info;
            runtime.RateNumerator = chosen.RateNumerator;
            runtime.RateDenominator = chosen.RateDenominator;
            runtime.NoPeriodWakeup = chosen.Info.HasFlag(PcmInfo.NoPeriodWakeup) && chosen.Flags.HasFlag(PcmHwFlags.NoPeriodWakeup);
            runtime.SampleBits = runtime.Format.PhysicalWidthBits();
            runtime.FrameBits = runtime.SampleBits * runtime.Channels;
            int bits = runtime.FrameBits, frames = 1;
            while (bits % 8 != 0)
            {
                bits *= 2;
                frames *= 2;
            }

            runtime.ByteAlign = bits / 8;
            runtime.MinAlign = frames;
            runtime.Boundary = PcmRing.Boundary(runtime.BufferFrames, Services.Options.PointerLimit);
            runtime.SwParams = new PcmSwParams
            {
                PeriodStep = 1,
                AvailMin = runtime.PeriodFrames,
                StartThreshold = 1,
                StopThreshold = runtime.BufferFrames,
            };
            runtime.DelayFrames = 0;

            // The kernel fills with zero bytes, which is full-scale negative in unsigned formats; see docs/KERNEL-CONFORMANCE.md.
            // Only the ring's own part: memory kept from larger parameters need be no whole number of these samples, and a backend may keep its ring elsewhere.
            int ringBytes = (int)Math.Min(chosen.GetInterval(PcmHwParameter.BufferBytes).Min, (uint)runtime.Buffer!.Length);
            PcmFormatInfo.FillSilence(runtime.Format, runtime.Buffer.Span[..ringBytes]);
            if (runtime.Lifecycle.Permits(PcmTrigger.HwParams))
            {
                runtime.Lifecycle.Commit(PcmTrigger.HwParams);
            }
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>The body of hw_free and of close: fence, op, ring, state. Context: gate held, buffer locked or nobody else left.</summary>
    private async ValueTask<PcmError> HwFreeNeedsGateAsync(PcmRuntime runtime)
    {
        await SyncStopNeedsGateAsync(CancellationToken.None);
        PcmError error = await GuardAsync(static (ops, _, _) => ops.HwFreeAsync(), runtime, CancellationToken.None);
        FreeBuffer(runtime);
        Commit(runtime, PcmTrigger.HwFree);
        return error;
    }

    /// <summary>Keeps transfers off the ring (the kernel's <c>buffer_access_lock</c>), then looks at the state.</summary>
    private PcmError LockBuffer(PcmRuntime runtime, PcmTrigger trigger)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (runtime.BufferAccess > 0)
            {
                return PcmError.Busy;
            }

            if (!runtime.Lifecycle.Permits(trigger))
            {
                return PcmError.BadState;
            }

            runtime.BufferAccess--;
            return PcmError.None;
        }
        finally
        {
            held.Exit();
        }
    }

    private void UnlockBuffer(PcmRuntime runtime)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            runtime.BufferAccess++;
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>Moves the state unless a disconnect came first.</summary>
    private void Commit(PcmRuntime runtime, PcmTrigger trigger)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (runtime.Lifecycle.Permits(trigger))
            {
                runtime.Lifecycle.Commit(trigger);
            }
        }
        finally
        {
            held.Exit();
        }
    }
}
