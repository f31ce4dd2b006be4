using Pcm.Backends.Null;

namespace Pcm.Bench.EndToEnd;

/// <summary>What a lateness run came to; microseconds.</summary>
internal sealed record LatenessResult(string Clock, double PeriodMs, string Beside, Percentiles Lateness, int XRuns, int LostLaps);

/// <summary>
/// How late the application is woken for its period: a thread that blocks in a write of one period, on a null card with four, which plays by the
/// clock. It is promoted where its services are those of a real-time thread. Late is the time from when the period ended by the card's clock to when the
/// application has control again. Who is later than a whole ring has lost a lap: the positions, which are modulo the ring, cannot tell it from none, so
/// it is counted here.
/// </summary>
internal static class LatenessRun
{
    private const int Rate = 48000;
    private const int Periods = 4;

    public static LatenessResult Measure(string clock, PcmServices services, double periodMs, double seconds, string beside)
    {
        int periodFrames = (int)(Rate * periodMs / 1000), count = (int)(seconds * 1000 / periodMs);
        var lateness = new Percentiles(count);
        int xruns = 0, lostLaps = 0;
        Exception? failure = null;
        var application = new Thread(() =>
        {
            try
            {
                if (services.Scheduler is PcmRealTimeScheduler)
                {
                    PcmRealTimeScheduler.PromoteThisThread();
                }

                (xruns, lostLaps) = Play(services, periodFrames, count, lateness);
            }
            catch (Exception e)
            {
                failure = e; // rethrown below, on the thread that reports
            }
        })
        {
            IsBackground = true,
            Name = "application",
        };
        application.Start();
        application.Join();
        return failure is null ? new LatenessResult(clock, periodMs, beside, lateness, xruns, lostLaps) : throw new InvalidOperationException("The run failed.", failure);
    }

    private static (int XRuns, int LostLaps) Play(PcmServices services, int periodFrames, int count, Percentiles lateness)
    {
        PcmCard card = new NullBackend("null", new NullOptions { SubstreamsPerDirection = 1 }).CreateCard(services);
        PcmSubstream stream = card.Devices[0].OpenAsync(PcmDirection.Playback).AsTask().GetAwaiter().GetResult().GetOrThrow();
        Verb(stream.HwParamsAsync(Session.Request(periodFrames, Periods)));
        stream.SetSwParams(stream.GetSwParams() with { StartThreshold = periodFrames * Periods, Timestamps = true }).ThrowIfError("sw_params");
        byte[] period = new byte[periodFrames * Session.FrameBytes];
        int xruns = 0, lostLaps = 0;
        while (lateness.Count < count)
        {
            Verb(stream.PrepareAsync());
            lostLaps += PlayUntilXRun(services, stream, period, periodFrames, count, lateness);
            xruns += stream.State == PcmState.XRun ? 1 : 0;
        }

        stream.CloseAsync().AsTask().GetAwaiter().GetResult();
        card.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return (xruns, lostLaps);
    }

    /// <returns>Laps lost on the way.</returns>
    private static int PlayUntilXRun(PcmServices services, PcmSubstream stream, byte[] period, int periodFrames, int count, Percentiles lateness)
    {
        for (int i = 0; i < Periods; i++)
        {
            if (!TryWrite(stream, period))
            {
                return 0; // the last one starts the stream, and may be held up for a whole ring
            }
        }

        stream.GetStatus(out PcmStatus status).ThrowIfError("status");
        double periodNs = periodFrames * 1e9 / Rate, startNs = status.TriggerTimestampNs;
        int lostLaps = 0;
        for (long written = 1; lateness.Count < count; written++)
        {
            if (!TryWrite(stream, period))
            {
                return lostLaps;
            }

            double lateNs = services.NowNs - startNs - (written * periodNs);
            lateness.Add(Math.Max(0, lateNs / 1000));
            if (lateNs >= Periods * periodNs)
            {
                lostLaps++;
                startNs += Math.Floor(lateNs / (Periods * periodNs)) * Periods * periodNs; // the next period is due from here
            }
        }

        return lostLaps;
    }

    /// <summary>Writes a whole period. False: an xrun ended it.</summary>
    private static bool TryWrite(PcmSubstream stream, ReadOnlySpan<byte> period)
    {
        while (!period.IsEmpty)
        {
            PcmTransfer transfer = stream.WriteBlocking(period, Timeout.InfiniteTimeSpan);
            if (transfer.Error == PcmError.XRun)
            {
                return false;
            }

            if (transfer.Error != PcmError.IO) // no progress for 100 ms: a machine that stood still for so long; it is in the lateness
            {
                transfer.Error.ThrowIfError("write");
            }

            period = period[(transfer.Frames * Session.FrameBytes)..];
        }

        return true;
    }

    private static void Verb(ValueTask<PcmError> verb) => verb.AsTask().GetAwaiter().GetResult().ThrowIfError("verb");
}
