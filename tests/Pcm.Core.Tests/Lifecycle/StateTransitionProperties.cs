using CsCheck;
using Pcm.Testing;

namespace Pcm.Core.Tests.Lifecycle;

/// <summary>Random operation sequences on a real substream and on the independent model; CsCheck shrinks a difference to the shortest sequence.</summary>
public sealed class StateTransitionProperties
{
    private const int PeriodFrames = 64;
    private const int BufferFrames = 256;

    private static readonly Gen<Step> s_step = Gen.Select(Gen.Enum<Op>(), Gen.Int[0, 300], static (op, n) => new Step(op, n));

    public enum Op
    {
        HwParams,
        HwParamsRefused,
        HwFree,
        Prepare,
        Start,
        Drop,
        Drain,
        Pause,
        Unpause,
        Suspend,
        Resume,
        XRun,
        Reset,
        Transfer,
        Rewind,
        Forward,
        Delay,
        Advance,
        LateStart,
    }

    [Theory]
    [InlineData(PcmDirection.Playback, true)]
    [InlineData(PcmDirection.Playback, false)]
    [InlineData(PcmDirection.Capture, true)]
    [InlineData(PcmDirection.Capture, false)]
    public void Substream_AnySequence_AnswersLikeTheModel(PcmDirection direction, bool canPauseAndResume)
    {
        // Most of a random sequence is refused unless it begins with a configured stream.
        Gen<Step[]> sequences = s_step.Array[1, 40].Select(static steps => (Step[])[new Step(Op.HwParams, 0), new Step(Op.Prepare, 0), .. steps]);
        sequences.Sample(steps => Run(direction, canPauseAndResume, steps), iter: 2_000, threads: 1, print: static steps => string.Join(" ", steps));
    }

    private static void Run(PcmDirection direction, bool canPauseAndResume, Step[] steps)
    {
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            PcmInfo extra = canPauseAndResume ? PcmInfo.None : PcmInfo.Pause | PcmInfo.Resume;
            PcmHardware hardware = ManualOps.DefaultHardware with { Info = ManualOps.DefaultHardware.Info & ~extra };
            var ops = new ManualOps(hardware);
            await using var card = new PcmCard("model", "model", new PcmServices(clock, clock.Scheduler));
            PcmDevice device = card.AddDevice(
                new PcmDeviceDescription { Name = "model", Playback = direction == PcmDirection.Playback ? [ops] : [], Capture = direction == PcmDirection.Capture ? [ops] : [] });
            PcmSubstream substream = (await device.OpenAsync(direction, PcmOpenMode.NonBlocking)).GetOrThrow();
            var model = new PcmModel(direction, hardware.Info, PeriodFrames, BufferFrames);
            foreach (Step step in steps)
            {
                (PcmError expected, long expectedCount) = Apply(model, step);
                (PcmError actual, long actualCount) = await ApplyAsync(substream, ops, step);

                Assert.Equal((step, expected, expectedCount, model.State), (step, actual, actualCount, substream.State));
                Assert.Equal((step, model.Application, model.Hardware), (step, Unwrap(substream.Runtime!), substream.Runtime!.HardwarePosition));
                Assert.Equal(model.IsMoving, ops.IsMoving);
            }
        });
    }

    private static (PcmError Error, long Count) Apply(PcmModel model, Step step)
    {
        long moved = 0;
        int done = 0;
        PcmError error = step.Op switch
        {
            Op.HwParams => model.HwParams(),
            Op.HwParamsRefused => model.HwParamsRefused(),
            Op.HwFree => model.HwFree(),
            Op.Prepare => model.Prepare(),
            Op.Start => model.Start(),
            Op.Drop => model.Drop(),
            Op.Drain => model.DrainNonBlocking(),
            Op.Pause => model.Pause(true),
            Op.Unpause => model.Pause(false),
            Op.Suspend => model.Suspend(),
            Op.Resume => model.Resume(),
            Op.XRun => model.XRun(),
            Op.Reset => model.Reset(),
            Op.Transfer => model.Transfer(step.Number, out done),
            Op.Rewind => model.Rewind(step.Number, out moved),
            Op.Forward => model.Forward(step.Number, out moved),
            Op.Delay => model.Delay(out moved),
            Op.LateStart => model.SwParams(step.Number),
            _ => PcmError.None,
        };
        if (step.Op == Op.Advance)
        {
            model.Advance(step.Number % BufferFrames);
        }

        return (error, moved + done);
    }

    private static async Task<(PcmError Error, long Count)> ApplyAsync(PcmSubstream substream, ManualOps ops, Step step)
    {
        long moved = 0;
        int done = 0;
        PcmError error = PcmError.None;
        switch (step.Op)
        {
            case Op.HwParams:
                error = await substream.HwParamsAsync(Request(2));
                break;
            case Op.HwParamsRefused:
                error = await substream.HwParamsAsync(Request(7));
                break;
            case Op.HwFree:
                error = await substream.HwFreeAsync();
                break;
            case Op.Prepare:
                error = await substream.PrepareAsync();
                break;
            case Op.Start:
                error = await substream.StartAsync();
                break;
            case Op.Drop:
                error = await substream.DropAsync();
                break;
            case Op.Drain:
                error = await substream.DrainAsync();
                break;
            case Op.Pause:
                error = await substream.PauseAsync(true);
                break;
            case Op.Unpause:
                error = await substream.PauseAsync(false);
                break;
            case Op.Suspend:
                error = await substream.SuspendAsync();
                break;
            case Op.Resume:
                error = await substream.ResumeAsync();
                break;
            case Op.XRun:
                error = await substream.XRunAsync();
                break;
            case Op.Reset:
                error = await substream.ResetAsync();
                break;
            case Op.Transfer when substream.Direction == PcmDirection.Playback:
                error = substream.Write(new byte[step.Number * 4], out done);
                break;
            case Op.Transfer:
                error = substream.Read(new byte[step.Number * 4], out done);
                break;
            case Op.Rewind:
                error = substream.Rewind(step.Number, out moved);
                break;
            case Op.Forward:
                error = substream.Forward(step.Number, out moved);
                break;
            case Op.Delay:
                error = substream.GetDelay(out moved);
                break;
            case Op.Advance:
                ops.Advance(step.Number % BufferFrames);
                await Task.Yield(); // what the interrupt scheduled (the STOP of an xrun) runs first
                break;
            case Op.LateStart:
                error = substream.SetSwParams(substream.GetSwParams() with { StartThreshold = step.Number, AvailMin = Math.Max(1, substream.GetSwParams().AvailMin) });
                await Task.Yield();
                break;
        }

        return (error, moved + done);
    }

    /// <summary>A capture that was rewound before its first frame is just below the boundary; the model says how far below zero.</summary>
    private static long Unwrap(PcmRuntime runtime) =>
        runtime.ApplicationPosition > runtime.Boundary / 2 ? runtime.ApplicationPosition - runtime.Boundary : runtime.ApplicationPosition;

    private static PcmHwParams Request(int channels) => new()
    {
        Access = PcmAccess.ReadWriteInterleaved,
        Format = PcmFormat.S16LE,
        Channels = channels,
        Rate = 48000,
        PeriodFrames = PeriodFrames,
        BufferFrames = BufferFrames,
    };

    public readonly record struct Step(Op Op, int Number)
    {
        public override string ToString() => $"{Op}({Number})";
    }
}
