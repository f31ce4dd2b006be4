using Pcm;
using Pcm.Testing;

namespace StateTransitions;

/// <summary>A backend beside the model.</summary>
internal static class Transitions
{
    public const int PeriodFrames = 480;
    public const int Periods = 4;

    #region differ
    /// <summary>Runs a sequence on a backend and on the model; time stands still, so hardware that keeps time does not move.</summary>
    /// <returns>The first difference; null when there is none.</returns>
    public static string? FindDifference(Func<PcmBackend> createBackend, IReadOnlyList<PcmStep> sequence)
    {
        var clock = new VirtualClock();
        return clock.Run(async () =>
        {
            PcmCard card = (await createBackend().ProbeAsync(new PcmServices(clock, clock.Scheduler), CancellationToken.None))[0];
            await using PcmSubstream stream = (await card.Devices[0].OpenAsync(PcmDirection.Playback, PcmOpenMode.NonBlocking)).GetOrThrow();
            var request = new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, PeriodFrames = PeriodFrames, Periods = Periods };
            var runner = new PcmStepRunner(stream, request);
            var model = new PcmModel(PcmDirection.Playback, stream.Runtime!.Hardware.Info, PeriodFrames, PeriodFrames * Periods);
            foreach (PcmStep step in sequence.Where(static s => s.Verb != PcmVerb.Elapse))
            {
                (PcmStepResult expected, PcmStepResult actual) = (model.Apply(step), await runner.ApplyAsync(step));
                if ((expected, model.State) != (actual, stream.State))
                {
                    return $"{step}: {actual}, {stream.State}; expected {expected}, {model.State}";
                }
            }

            return null;
        });
    }
    #endregion
}
