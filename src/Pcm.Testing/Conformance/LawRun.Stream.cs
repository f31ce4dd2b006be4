namespace Pcm.Testing.Conformance;

/// <content>The ways that laws bring a stream to a state, and move it.</content>
internal sealed partial class LawRun
{
    private const int UsualRate = 48000;
    private const int UsualChannels = 2;

    private PcmHwParams? _chosen;
    private byte[] _scratch = [];

    private TimeSpan UsualPeriod => TimeSpan.FromMilliseconds(IsRealTime ? 20 : 10);

    private int UsualPeriods => IsRealTime ? 8 : 4;

    /// <summary>Opens the substream under test.</summary>
    public async Task OpenAsync()
    {
        Note("open");
        PcmOpenResult result = await WithinAsync("open", Device.OpenAsync(direction, PcmOpenMode.NonBlocking, Substream, cancellationToken));
        Expect(result.Error == PcmError.None, $"open answered {result.Error.ErrnoName()}");
        _stream = result.Substream;
        _ops = checker?.Of(Stream);
        Stream.NonBlocking = false; // counts from the prepare on
    }

    /// <summary>Closes it.</summary>
    public async Task CloseAsync()
    {
        Note("close");
        await WithinAsync("close", Stream.CloseAsync());
    }

    /// <summary>
    /// A request that suits short tests: 16 bits, two channels, 48 kHz, periods of 10 ms, or the nearest that the hardware has. Does not choose.
    /// </summary>
    /// <param name="periodScale">Longer or shorter periods.</param>
    /// <param name="periods">Periods in the ring; 0: the usual number.</param>
    /// <param name="format">A format that the hardware has; null: the usual one.</param>
    public PcmHwParams Request(double periodScale = 1, int periods = 0, PcmFormat? format = null)
    {
        var refiner = new StreamRefiner(Stream);
        var request = new PcmHwParams();
        PcmError error = refiner.Refine(request);
        Expect(error == PcmError.None, $"hw_refine of everything answered {error.ErrnoName()}: the constraints added in open leave nothing");
        Fix(request, r => r.Accesses = request.Accesses.HasFlag(PcmAccesses.ReadWriteInterleaved) ? PcmAccesses.ReadWriteInterleaved : request.Accesses);
        Fix(request, r => r.Format = format ?? Preferred(request.Formats));
        Near(PcmHwParameter.Channels, UsualChannels);
        Near(PcmHwParameter.Rate, UsualRate);
        Near(PcmHwParameter.PeriodTime, (uint)(UsualPeriod.TotalMicroseconds * periodScale));
        Near(PcmHwParameter.Periods, (uint)(periods == 0 ? UsualPeriods : periods));
        return request;

        void Near(PcmHwParameter parameter, uint wanted)
        {
            PcmError refined = request.SetNear(refiner, parameter, new PcmBound(wanted), out _);
            Expect(refined == PcmError.None, $"no value of {parameter} is possible: {refined.ErrnoName()}");
        }

        void Fix(PcmHwParams fixedRequest, Action<PcmHwParams> set)
        {
            set(fixedRequest);
            PcmError refined = refiner.Refine(fixedRequest);
            Expect(refined == PcmError.None, $"hw_refine answered {refined.ErrnoName()} to a value that it had left itself");
        }
    }

    /// <summary>hw_params with a request of <see cref="Request"/>.</summary>
    public async Task ConfigureAsync(PcmHwParams? request = null)
    {
        _chosen = (request ?? Request()).Clone();
        await MustAsync($"hw_params({Describe(_chosen)})", () => Stream.HwParamsAsync(_chosen, cancellationToken));
    }

    /// <summary>prepare.</summary>
    public Task PrepareAsync() => MustAsync("prepare", () => Stream.PrepareAsync(cancellationToken));

    /// <summary>Opens, configures and prepares; starting is left to the law.</summary>
    public async Task PreparedAsync(PcmHwParams? request = null)
    {
        await OpenAsync();
        await ConfigureAsync(request);
        await PrepareAsync();
        StartOnlyByHand();
    }

    /// <summary>Prepared, then a full ring (playback), then start.</summary>
    public async Task RunningAsync(PcmHwParams? request = null)
    {
        await PreparedAsync(request);
        await StartAsync();
    }

    /// <summary>From PREPARED: a full ring (playback), then start.</summary>
    public async Task StartAsync()
    {
        if (IsPlayback)
        {
            Fill();
        }

        await MustAsync("start", () => Stream.StartAsync(cancellationToken));
    }

    /// <summary>drop.</summary>
    public Task DropAsync() => MustAsync("drop", () => Stream.DropAsync(cancellationToken));

    /// <summary>No write and no read starts the stream by itself.</summary>
    public void StartOnlyByHand() => SetSwParams(p => p with { StartThreshold = long.MaxValue });

    /// <summary>sw_params.</summary>
    public void SetSwParams(Func<PcmSwParams, PcmSwParams> change)
    {
        PcmError error = Stream.SetSwParams(change(Stream.GetSwParams()));
        Expect(error == PcmError.None, $"sw_params answered {error.ErrnoName()}");
    }

    /// <summary>Fills the ring with silence, without waiting; returns the frames written.</summary>
    public int Fill(int? frames = null)
    {
        int wanted = frames ?? Runtime.BufferFrames;
        Note($"write {wanted} frames");
        PcmError error = Stream.Write(Silence(wanted), out int written);
        Expect(error is PcmError.None or PcmError.Again, $"write answered {error.ErrnoName()}");
        return written;
    }

    /// <summary>Writes or reads so many periods, waiting for each; breaks when one fails, is short or comes late.</summary>
    public async Task FeedAsync(int periods)
    {
        for (int i = 0; i < periods; i++)
        {
            await TransferAsync(Runtime.PeriodFrames);
        }
    }

    /// <summary>Writes or reads frames, waiting; breaks when that fails or is short.</summary>
    public async Task TransferAsync(int frames)
    {
        PcmTransfer done = await TryTransferAsync(frames);
        Expect(done.Error == PcmError.None && done.Frames == frames,
            $"{(IsPlayback ? "write" : "read")} of {frames} frames answered {done.Error.ErrnoName()} with {done.Frames} frames, state {Stream.State}");
    }

    /// <summary>Writes or reads frames, waiting.</summary>
    public async Task<PcmTransfer> TryTransferAsync(int frames, CancellationToken token = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string verb = $"{(IsPlayback ? "write" : "read")} {frames} frames, waiting";
        Note(verb);
        byte[] bytes = Silence(frames);
        return await WithinAsync(verb, IsPlayback ? Stream.WriteAsync(bytes, token) : Stream.ReadAsync(bytes, token));
    }

    /// <summary>
    /// Keeps a running stream going for some periods: every half period what can be transferred is, without waiting. In real time each half is late by
    /// something; it goes on until the whole time has passed.
    /// </summary>
    public async Task KeepAsync(double periods)
    {
        Note($"keep going for {periods:0.##} periods");
        long beganNs = services.NowNs;
        for (double passed = 0; passed < periods; passed = IsRealTime ? PeriodsSince(beganNs) : passed + 0.5)
        {
            Exchange();
            await PcmDelay.ForAsync(services.Time, PeriodTime(Math.Min(0.5, periods - passed)), cancellationToken);
        }

        Exchange();
    }

    /// <summary>The periods that fit into the time since an instant: what passed, not what was asked for.</summary>
    public double PeriodsSince(long nanoseconds) => Frames(services.NowNs - nanoseconds) / Runtime.PeriodFrames;

    /// <summary>Nobody feeds the stream until its ring is used up, and two and a half periods more; in real time its own timer may be late.</summary>
    public async Task StarveAsync()
    {
        await ElapsePeriodsAsync(((double)Runtime.BufferFrames / Runtime.PeriodFrames) + 2.5);
        if (IsRealTime)
        {
            await AwaitStateAsync(PcmState.XRun, 10, "a ring and two periods without the application");
        }

        ExpectState(PcmState.XRun, "a ring and two periods without the application");
    }

    /// <summary>Transfers what can be, without waiting.</summary>
    public PcmError Exchange()
    {
        byte[] bytes = Silence(Runtime.BufferFrames);
        return IsPlayback ? Stream.Write(bytes, out _) : Stream.Read(bytes, out _);
    }

    /// <summary>Looks at the hardware and says how far it moved since prepare.</summary>
    public long Look()
    {
        PcmError error = Stream.HwSync();
        Expect(error == PcmError.None, $"hwsync answered {error.ErrnoName()}, state {Stream.State}");
        return Ops.Moved;
    }

    /// <summary>Breaks unless the stream is in a state.</summary>
    public void ExpectState(PcmState state, string after) => Expect(Stream.State == state, $"the state after {after} is {Stream.State}, expected {state}");

    /// <summary>Waits for a state; breaks when it does not come within some periods.</summary>
    public async Task AwaitStateAsync(PcmState state, double periods, string what)
    {
        for (double passed = 0; passed < periods && Stream.State != state; passed += 0.25)
        {
            await ElapsePeriodsAsync(0.25);
        }

        Expect(Stream.State == state, $"{what}: the state is {Stream.State} after {periods:0.##} periods, expected {state}");
    }

    /// <summary>The stream works from here: configure, prepare, start, feed; the position moves; then it is stopped. Opens it first when it is closed.</summary>
    public async Task ExpectWorksAsync(string after)
    {
        Note($"does it work after {after}?");
        try
        {
            if (!Stream.IsOpen)
            {
                await OpenAsync();
            }

            await ConfigureAsync(_chosen);
            await PrepareAsync();
            StartOnlyByHand();
            await StartAsync();
            await FeedAsync(UsualPeriods + 2);
            long moved = Look();
            Expect(moved >= Runtime.PeriodFrames, $"the position moved {moved} frames in {UsualPeriods + 2} periods");
            await DropAsync();
            await MustAsync("hw_free", () => Stream.HwFreeAsync(cancellationToken));
        }
        catch (LawBrokenException e)
        {
            Break($"after {after} the stream does not work: {e.Message}");
        }
    }

    /// <summary>Silence in the stream's format.</summary>
    public byte[] Silence(int frames)
    {
        int bytes = checked((int)Runtime.FramesToBytes(frames));
        if (_scratch.Length != bytes)
        {
            _scratch = new byte[bytes];
        }

        if (IsPlayback)
        {
            Runtime.Format.FillSilence(_scratch);
        }

        return _scratch;
    }

    /// <summary>A request in a few words.</summary>
    public static string Describe(PcmHwParams request) =>
        $"{request.Formats}, {request.GetInterval(PcmHwParameter.Channels)} channels, {request.GetInterval(PcmHwParameter.Rate)} Hz, period {request.GetInterval(PcmHwParameter.PeriodSize)}, ring {request.GetInterval(PcmHwParameter.BufferSize)}";

    private static PcmFormat Preferred(PcmFormats formats)
    {
        foreach (PcmFormat format in (ReadOnlySpan<PcmFormat>)[PcmFormat.S16LE, PcmFormat.S32LE, PcmFormat.S24In3LE, PcmFormat.Float32LE, PcmFormat.U8])
        {
            if (formats.Contains(format))
            {
                return format;
            }
        }

        foreach (PcmFormat format in formats)
        {
            return format;
        }

        throw new LawBrokenException("no format is left");
    }

    private sealed class StreamRefiner(PcmSubstream substream) : IPcmRefiner
    {
        public PcmError Refine(PcmHwParams hwParams) => substream.HwRefine(hwParams);
    }
}
