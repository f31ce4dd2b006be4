using Pcm.Cli.Output;

namespace Pcm.Cli.Sessions;

/// <summary>What playing and recording share: recovering, watching, and ending in good order whatever happened.</summary>
internal abstract class StreamSession(PcmSubstream substream, StreamFormat format, StreamLayout layout, StreamView view)
{
    private const int MaxRecoveriesWithoutProgress = 3;

    private int _xruns;
    private int _fruitless;
    private long _maxDelayFrames;

    /// <summary>The stream.</summary>
    protected PcmSubstream Substream { get; } = substream;

    /// <summary>What a frame is.</summary>
    protected StreamFormat Format { get; } = format;

    /// <summary>hw_params, sw_params, prepare, and the first word to the user.</summary>
    /// <param name="frames">How many frames it will be; null when that is not known.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    protected async ValueTask BeginAsync(long? frames, CancellationToken cancellationToken)
    {
        await StreamSetup.ConfigureAsync(Substream, Format, layout, cancellationToken);
        view.Started(Format, Substream.Runtime!.PeriodFrames, Substream.Runtime.BufferFrames, frames);
    }

    /// <summary>Gets the stream going again after a transfer that failed.</summary>
    /// <exception cref="CliException">It cannot be.</exception>
    protected async ValueTask RecoverAsync(string operation, PcmTransfer transfer, CancellationToken cancellationToken)
    {
        _fruitless = transfer.Frames > 0 ? 0 : _fruitless + (transfer.Error == PcmError.None ? 0 : 1);
        switch (transfer.Error)
        {
            case PcmError.None:
                return;
            case PcmError.XRun or PcmError.Suspended when _fruitless > MaxRecoveriesWithoutProgress:
                throw CliException.Failure(operation, transfer.Error, $"{MaxRecoveriesWithoutProgress} recoveries in a row moved no frame");
            case PcmError.XRun:
                _xruns++;
                StreamSetup.Check("prepare after an xrun", await Substream.PrepareAsync(cancellationToken));
                return;
            case PcmError.Suspended:
                if (await Substream.ResumeAsync(cancellationToken) != PcmError.None)
                {
                    StreamSetup.Check("prepare after a suspend", await Substream.PrepareAsync(cancellationToken));
                }

                return;
            case PcmError.IO:
                throw CliException.Failure(operation, transfer.Error, $"the device made no progress; --timeout says how long to wait for one");
            default:
                throw CliException.Failure(operation, transfer.Error);
        }
    }

    /// <summary>Shows how it goes.</summary>
    protected void Watch(long done)
    {
        if (Substream.GetStatus(out PcmStatus status) != PcmError.None)
        {
            return; // gone: the next transfer says so
        }

        _maxDelayFrames = Math.Max(_maxDelayFrames, status.Delay);
        view.Progress(new StreamProgress(status.State, done, status.Avail, status.Delay, _xruns));
    }

    /// <summary>An xrun that was no transfer's error: of a drain.</summary>
    protected void CountXRun() => _xruns++;

    /// <summary>Gives the parameters back, which is when a backend can say that something was lost, and closes.</summary>
    /// <exception cref="CliException">Something was lost.</exception>
    protected async ValueTask<StreamReport> EndAsync(long frames)
    {
        PcmRuntime runtime = Substream.Runtime!;
        var report = new StreamReport
        {
            Format = Format,
            PeriodFrames = runtime.PeriodFrames,
            BufferFrames = runtime.BufferFrames,
            Frames = frames,
            XRuns = _xruns,
            MaxDelayFrames = _maxDelayFrames,
            State = Substream.State,
        };
        StreamSetup.Check("drop", await Substream.DropAsync(CancellationToken.None));
        StreamSetup.Check("hw_free", await Substream.HwFreeAsync(CancellationToken.None));
        return report;
    }

    /// <summary>Runs the body; drops and closes after it, also when it failed or was interrupted.</summary>
    protected async Task<StreamReport> RunAsync(Func<Task<StreamReport>> body)
    {
        try
        {
            return await body();
        }
        finally
        {
            view.End();
            await Substream.CloseAsync(); // drops first
        }
    }
}
