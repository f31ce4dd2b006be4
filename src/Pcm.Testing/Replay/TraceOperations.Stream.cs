namespace Pcm.Testing.Replay;

/// <content>Looking, transferring, waiting.</content>
internal sealed partial class TraceOperations
{
    private const int TimedOut = -62;
    private const int DefaultTimeoutMilliseconds = 20_000;

    private static TraceAnswer Look(TraceStep step, TraceHandle handle, KernelFile file)
    {
        switch (step.Operation)
        {
            case "delay":
                int error = file.Delay(out long frames);
                return new TraceAnswer(error) { IsTimeDependent = true }.With("delay", frames);
            case "hwsync":
                return new TraceAnswer(file.HwSync());
            case "rewind":
                return new TraceAnswer(file.Rewind(Number(step, handle, "n")));
            case "forward":
                return new TraceAnswer(file.Forward(Number(step, handle, "n")));
            case "sync_ptr":
                error = file.SyncPointer((int)Number(step, handle, "flags"), Number(step, handle, "appl", 0), Number(step, handle, "avail_min", handle.SwParams.AvailMin), out PcmPointers pointers);
                return new TraceAnswer(error) { IsTimeDependent = true }
                    .With("appl_ptr", pointers.ApplicationPosition)
                    .With("hw_ptr", pointers.HardwarePosition)
                    .With("avail_min", pointers.AvailMin);
            case "info":
                error = file.Info(out KernelFileInfo info);
                return new TraceAnswer(error)
                    .With("device", info.Device).With("subdevice", info.Subdevice).With("stream", info.Stream)
                    .With("name", info.Name ?? string.Empty).With("subname", info.SubName ?? string.Empty)
                    .With("class", 0).With("subclass", 0).With("count", info.Count).With("avail", info.Available);
            default:
                error = file.Status(out PcmStatus status);
                return new TraceAnswer(error) { IsTimeDependent = true }
                    .With("state", status.State.ToString().ToUpperInvariant())
                    .With("appl_ptr", status.ApplicationPosition).With("hw_ptr", status.HardwarePosition)
                    .With("delay", status.Delay).With("avail", status.Avail).With("avail_max", status.AvailMax)
                    .With("overrange", status.Overrange).With("suspended_state", (long)status.SuspendedState)
                    .With("trigger_ts", status.TriggerTimestampNs != 0 ? 1 : 0);
        }
    }

    private async Task<TraceAnswer> TransferAsync(TraceStep step, TraceHandle handle, KernelFile file)
    {
        long result = await WithSignalAsync(async signal => step.Operation switch
        {
            "write" => await file.WriteAsync(Number(step, handle, "bytes"), signal),
            "read" => await file.ReadAsync(Number(step, handle, "bytes"), signal),
            "writen" or "readn" => await file.TransferPlanarAsync(Number(step, handle, "n"), signal),
            _ => await file.TransferInterleavedAsync(Number(step, handle, "n"), hasBuffer: Number(step, handle, "null", 0) == 0, signal),
        });
        var answer = new TraceAnswer(result);
        return result == (long)PcmError.Interrupted ? answer.With("result", RestartSystemCall) : answer;
    }

    private static async Task<TraceAnswer> PollAsync(TraceStep step, TraceHandle handle, KernelFile file)
    {
        int events = await file.PollAsync(TimeSpan.FromMilliseconds(Number(step, handle, "ms", 0)));
        return new TraceAnswer(events != 0 ? 1 : 0) { IsTimeDependent = true }.With("revents", events);
    }

    private async Task<TraceAnswer> SleepAsync(TraceStep step)
    {
        // Recorded sleeps are a little longer than asked for; the recorded time counts.
        await machine.ReachAsync(step.TimeMicroseconds);
        return new TraceAnswer(0);
    }

    /// <summary>HWSYNC again and again until the hardware is at least so far.</summary>
    private Task<TraceAnswer> WaitHardwareAsync(TraceStep step, TraceHandle handle, KernelFile file)
    {
        long wanted = Number(step, handle, "n");
        return LoopAsync(step, intervalMilliseconds: 10, DefaultTimeoutMilliseconds, () =>
        {
            int error = file.HwSync();
            return error != 0 ? error
                : file.Pointers is not { } pointers ? (int)PcmError.NoDevice
                : pointers.HardwarePosition >= wanted ? 0
                : pointers.State is PcmState.Running or PcmState.Draining ? null
                : (int)PcmError.BadState;
        });
    }

    /// <summary>Looks again and again, without touching the stream, until it is in a state.</summary>
    private Task<TraceAnswer> WaitStateAsync(TraceStep step, TraceHandle handle, KernelFile file)
    {
        string wanted = step.Arguments.GetText("s") ?? throw new TraceFormatException(step.Location, "'wait_state' has no argument 's'; expected a state");
        int timeout = (int)Number(step, handle, "ms", DefaultTimeoutMilliseconds);
        return LoopAsync(step, intervalMilliseconds: 25, timeout, () =>
            file.Pointers is { } pointers && pointers.State.ToString().Equals(wanted, StringComparison.OrdinalIgnoreCase) ? 0 : null);
    }

    /// <summary>The recorder's polling loop. Its rounds are a little longer than asked for; where the trace tells, they are as long as they were.</summary>
    private async Task<TraceAnswer> LoopAsync(TraceStep step, int intervalMilliseconds, int timeoutMilliseconds, Func<int?> look)
    {
        long start = machine.NowMicroseconds;
        long interval = intervalMilliseconds * 1000L;
        long rounds = (step.BlockedMicroseconds + (interval / 2)) / interval;
        double round = rounds > 0 ? (double)step.BlockedMicroseconds / rounds : interval;
        for (int i = 0; ; i++)
        {
            await machine.ReachAsync(start + (long)(i * round));
            if (look() is { } result)
            {
                return new TraceAnswer(result);
            }

            if (machine.NowMicroseconds - start >= timeoutMilliseconds * 1000L)
            {
                return new TraceAnswer(TimedOut);
            }
        }
    }
}
