namespace Pcm.Testing.Replay;

/// <summary>Carries out the operations of one sequence.</summary>
internal sealed partial class TraceOperations(TraceSequence sequence, TraceMachine machine)
{
    /// <summary>The recorder's own result for a handle that is not open.</summary>
    private const int NotOpen = -9;

    /// <summary>What the kernel leaves in the structure of an interrupted transfer (ERESTARTSYS).</summary>
    private const int RestartSystemCall = -512;

    /// <summary>A signal ends what blocks for so long.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(4);

    public async Task<TraceAnswer> RunAsync(TraceStep step)
    {
        TraceHandle handle = machine.Handle(step.Handle);
        switch (step.Operation)
        {
            case "open":
                return await OpenAsync(step, handle);
            case "sleep":
                return await SleepAsync(step);
            case "suspend":
                await machine.SuspendAsync();
                return new TraceAnswer(0);
            case "unbind":
                await (await machine.CardAsync(sequence.Card, step.Location)).DisconnectAsync();
                return new TraceAnswer(0);
            case "rebind":
                await machine.RebindAsync(sequence.Card, step.Location);
                return new TraceAnswer(0);
        }

        return handle.File is { } file ? await RunOnFileAsync(step, handle, file) : new TraceAnswer(NotOpen);
    }

    private async Task<TraceAnswer> RunOnFileAsync(TraceStep step, TraceHandle handle, KernelFile file) => step.Operation switch
    {
        "close" => await CloseAsync(handle, file),
        "nonblock" => SetNonBlocking(file, Number(step, handle, "v") != 0),
        "hw_refine" or "hw_params" => await HwParamsAsync(step, handle, file),
        "sw_params" => SetSwParams(step, handle, file),
        "hw_free" => new TraceAnswer(await file.HwFreeAsync()),
        "prepare" => new TraceAnswer(await file.PrepareAsync()),
        "reset" => new TraceAnswer(await file.ResetAsync()),
        "start" => new TraceAnswer(await file.StartAsync()),
        "drop" => new TraceAnswer(await file.DropAsync()),
        "drain" => new TraceAnswer(await WithSignalAsync(async signal => await file.DrainAsync(signal))),
        "pause" => new TraceAnswer(await file.PauseAsync(Number(step, handle, "v") != 0)),
        "resume" => new TraceAnswer(await file.ResumeAsync()),
        "xrun" => new TraceAnswer(await file.XRunAsync()),
        "delay" or "hwsync" or "status" or "sync_ptr" or "info" or "rewind" or "forward" => Look(step, handle, file),
        "writei" or "readi" or "writen" or "readn" or "write" or "read" => await TransferAsync(step, handle, file),
        "poll" => await PollAsync(step, handle, file),
        "wait_hw" => await WaitHardwareAsync(step, handle, file),
        "wait_state" => await WaitStateAsync(step, handle, file),
        "link" => new TraceAnswer(await file.LinkAsync(step.Arguments.GetNumber("h", handle.Sizes) is { } other ? machine.Handle((int)other).File : null)),
        "unlink" => new TraceAnswer(await file.UnlinkAsync()),
        "badioctl" => new TraceAnswer(file.UnknownIoctl()),
        _ => throw new TraceFormatException(step.Location, $"'{step.Operation}' is no operation; the trace format lists those there are"),
    };

    private static long Number(TraceStep step, TraceHandle handle, string name, long? otherwise = null) =>
        step.Arguments.GetNumber(name, handle.Sizes) ?? otherwise
        ?? throw new TraceFormatException(step.Location, $"'{step.Operation}' has no argument '{name}'; expected a number");

    private async Task<long> WithSignalAsync(Func<CancellationToken, Task<long>> operation)
    {
        using var signal = new CancellationTokenSource(s_patience, machine.Clock);
        return await operation(signal.Token);
    }

    private async Task<TraceAnswer> OpenAsync(TraceStep step, TraceHandle handle)
    {
        PcmDevice? device = (await machine.CardAsync(step.Arguments.GetText("card") ?? sequence.Card, step.Location)).Devices
            .ElementAtOrDefault((int)Number(step, handle, "dev", 0));
        if (device is null)
        {
            return new TraceAnswer((long)PcmError.NoEntry);
        }

        PcmDirection direction = step.Arguments.GetText("stream") switch
        {
            null => sequence.Direction,
            "p" => PcmDirection.Playback,
            "c" => PcmDirection.Capture,
            string other => throw new TraceFormatException(step.Location, $"'stream' is \"{other}\"; expected \"p\" or \"c\""),
        };
        PcmOpenMode mode = (Number(step, handle, "nonblock", 0) != 0 ? PcmOpenMode.NonBlocking : PcmOpenMode.None)
            | (Number(step, handle, "append", 0) != 0 ? PcmOpenMode.Append : PcmOpenMode.None);
        KernelFile? file = null;
        long result = await WithSignalAsync(async signal =>
        {
            (int error, file) = await KernelFile.OpenAsync(device, direction, mode, signal);
            return error;
        });
        if (file is not null)
        {
            handle.File = file;
            handle.SwParams = default;
            handle.Sizes = default;
            handle.Ran = false;
        }

        return new TraceAnswer(result);
    }

    private static async Task<TraceAnswer> CloseAsync(TraceHandle handle, KernelFile file)
    {
        handle.File = null;
        return new TraceAnswer(await file.CloseAsync());
    }

    private static TraceAnswer SetNonBlocking(KernelFile file, bool value)
    {
        file.NonBlocking = value;
        return new TraceAnswer(0);
    }

    private static async Task<TraceAnswer> HwParamsAsync(TraceStep step, TraceHandle handle, KernelFile file)
    {
        var request = new PcmHwParams();
        TraceHwParams.ReadRequest(step.Arguments, handle.Sizes, request);
        var asGiven = new PcmHwParams();
        asGiven.CopyFrom(request);
        bool choose = step.Operation == "hw_params";
        int result = choose ? await file.HwParamsAsync(request) : file.HwRefine(request);
        if (choose && result == 0)
        {
            PcmRuntime runtime = file.Substream.Runtime!;
            handle.Sizes = new TraceSizes(runtime.Boundary, runtime.BufferFrames, runtime.PeriodFrames);
            handle.SwParams = file.Substream.GetSwParams();
        }

        return new TraceAnswer(result) { HwParams = request, HwParamsRequest = asGiven };
    }

    private static TraceAnswer SetSwParams(TraceStep step, TraceHandle handle, KernelFile file)
    {
        PcmSwParams last = handle.SwParams;
        var wanted = last with
        {
            AvailMin = Number(step, handle, "avail_min", last.AvailMin),
            StartThreshold = Number(step, handle, "start_threshold", last.StartThreshold),
            StopThreshold = Number(step, handle, "stop_threshold", last.StopThreshold),
            SilenceThreshold = Number(step, handle, "silence_threshold", last.SilenceThreshold),
            SilenceSize = Number(step, handle, "silence_size", last.SilenceSize),
            PeriodStep = (uint)Number(step, handle, "period_step", last.PeriodStep),
        };
        long timestampMode = Number(step, handle, "tstamp_mode", last.Timestamps ? 1 : 0);
        wanted = wanted with { Timestamps = timestampMode == 1 };
        int result = file.SwParams(wanted, timestampMode, Number(step, handle, "tstamp_type", 0), Number(step, handle, "proto", 0));
        if (result == 0)
        {
            handle.SwParams = wanted;
        }

        return new TraceAnswer(result)
            .With("avail_min", (ulong)wanted.AvailMin)
            .With("start_threshold", (ulong)wanted.StartThreshold)
            .With("stop_threshold", (ulong)wanted.StopThreshold)
            .With("silence_threshold", (ulong)wanted.SilenceThreshold)
            .With("silence_size", (ulong)wanted.SilenceSize)
            .With("boundary", handle.Sizes.Boundary);
    }
}
