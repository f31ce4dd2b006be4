using System.Diagnostics.CodeAnalysis;

namespace Pcm.Testing.Conformance;

/// <summary>
/// What a law's scenario works with: one bench, one direction, verbs that are noted, limited in time, and checked.
/// Every helper that finds something wrong ends the scenario with a <see cref="LawBrokenException"/>.
/// </summary>
/// <remarks>Thread safety: one scenario at a time.</remarks>
internal sealed partial class LawRun(
    PcmConformanceTarget target, PcmConformanceBench bench, PcmDirection direction, PcmServices services, LawTrace trace, CheckingDecorator? checker,
    PcmConformanceOptions options, CancellationToken cancellationToken)
{
    /// <summary>No verb of any law takes longer; drains and time-outs of the laws' short rings are far below.</summary>
    private static readonly TimeSpan s_verbLimit = TimeSpan.FromSeconds(20);

    private PcmSubstream? _stream;
    private CheckingOps? _ops;

    public PcmConformanceTarget Target => target;

    /// <summary>The substream's number.</summary>
    public int Substream { get; init; } = bench.Substream;

    public PcmConformanceBench Bench => bench;

    public PcmConformanceOptions Options => options;

    public PcmDirection Direction => direction;

    public bool IsPlayback => direction == PcmDirection.Playback;

    public bool IsRealTime => target.IsRealTime;

    public PcmServices Services => services;

    public CancellationToken Cancellation => cancellationToken;

    public PcmDevice Device => bench.DeviceOf(direction)!;

    /// <summary>The open substream.</summary>
    public PcmSubstream Stream => _stream ?? throw new InvalidOperationException("The law did not open a stream.");

    public PcmRuntime Runtime => Stream.Runtime ?? throw new LawBrokenException("the stream is closed");

    /// <summary>The observer of the open substream.</summary>
    public CheckingOps Ops => _ops ?? throw new InvalidOperationException("The law is not observed, or did not open a stream.");

    public PcmHardware Hardware => Runtime.Hardware;

    public bool Has(PcmInfo info) => (Hardware.Info & info) != 0;

    /// <summary>Ends the scenario: the law is broken.</summary>
    [DoesNotReturn]
    public static void Break(string evidence) => throw new LawBrokenException(evidence);

    /// <summary>Breaks unless <paramref name="holds"/>.</summary>
    public static void Expect([DoesNotReturnIf(false)] bool holds, string evidence)
    {
        if (!holds)
        {
            Break(evidence);
        }
    }

    /// <summary>Ends the scenario: the law cannot be tried.</summary>
    [DoesNotReturn]
    public static void Skip(string reason) => throw new LawSkippedException(reason);

    /// <summary>Notes a verb.</summary>
    public void Note(string verb) => trace.Verb(services.NowNs, verb);

    /// <summary>Breaks when a law that is watched was seen broken.</summary>
    public void ExpectNoViolation(string law)
    {
        foreach (LawViolation violation in Ops.Violations)
        {
            Expect(violation.Law != law, violation.Evidence);
        }
    }

    /// <summary>Awaits a call that must end.</summary>
    public async Task<T> WithinAsync<T>(string what, ValueTask<T> call)
    {
        if (call.IsCompleted)
        {
            return await call;
        }

        Task<T> running = call.AsTask();
        using var over = new CancellationTokenSource();
        Task limit = PcmDelay.ForAsync(services.Time, s_verbLimit, over.Token);
        if (await Task.WhenAny(running, limit) != running)
        {
            Break($"{what} did not end within {s_verbLimit.TotalSeconds:0} s");
        }

        over.Cancel(); // here and now: CancelAsync would go through the thread pool, which a virtual clock does not wait for
        return await running;
    }

    /// <summary>Awaits a call without a result that must end.</summary>
    public async Task WithinAsync(string what, ValueTask call) => await WithinAsync(what, Wrap(call));

    /// <summary>Notes a verb, awaits it, answers what it answered.</summary>
    public async Task<PcmError> DoAsync(string verb, Func<ValueTask<PcmError>> call)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Note(verb);
        return await WithinAsync(verb, call());
    }

    /// <summary>Notes a verb and awaits it; breaks unless it answers what it must.</summary>
    public async Task MustAsync(string verb, Func<ValueTask<PcmError>> call, PcmError expected = PcmError.None)
    {
        PcmError error = await DoAsync(verb, call);
        Expect(error == expected, $"{verb} answered {error.ErrnoName()}, expected {expected.ErrnoName()}");
    }

    /// <summary>Time passes; nobody feeds the stream.</summary>
    public async Task ElapseAsync(TimeSpan duration)
    {
        Note($"wait {duration.TotalMilliseconds:0.###} ms");
        await PcmDelay.ForAsync(services.Time, duration, cancellationToken);
    }

    /// <summary>As many periods of the stream's parameters pass; nobody feeds the stream.</summary>
    public Task ElapsePeriodsAsync(double periods) => ElapseAsync(PeriodTime(periods));

    /// <summary>How long periods last.</summary>
    public TimeSpan PeriodTime(double periods) => TimeSpan.FromSeconds(periods * Runtime.PeriodFrames / Runtime.Rate);

    /// <summary>Frames in a time.</summary>
    public double Frames(long nanoseconds) => nanoseconds * (double)Runtime.Rate / 1e9;

    /// <summary>The same bench, another stream.</summary>
    public LawRun Other(PcmDirection otherDirection, int substream) =>
        new(target, bench, otherDirection, services, trace, checker, options, cancellationToken) { Substream = substream };

    private static async ValueTask<bool> Wrap(ValueTask call)
    {
        await call;
        return true;
    }
}
