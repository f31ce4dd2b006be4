using Pcm.Cli.Sessions;

namespace Pcm.Cli.Output;

/// <summary>Lines: what was negotiated, a sign of life every few seconds, the summary. No control codes.</summary>
internal sealed class PlainStreamView(CliEnvironment environment, string command, string file, string device) : StreamView(command, file, device)
{
    private static readonly TimeSpan s_signOfLife = TimeSpan.FromSeconds(5);

    private long _shown;
    private long? _frames;
    private int _rate;

    /// <inheritdoc/>
    public override void Started(StreamFormat format, int periodFrames, int bufferFrames, long? frames)
    {
        environment.Output.WriteLine($"{Command} {File} on {Device}: {format}, period {periodFrames}, buffer {bufferFrames} frames");
        _shown = environment.Time.GetTimestamp(); // the reader's time, also when the stream's is virtual
        _frames = frames;
        _rate = format.Rate;
    }

    /// <inheritdoc/>
    public override void Progress(in StreamProgress progress)
    {
        if (environment.Time.GetElapsedTime(_shown) < s_signOfLife)
        {
            return;
        }

        _shown = environment.Time.GetTimestamp();
        string of = _frames is { } frames ? $" of {Seconds(frames, _rate)}" : "";
        environment.Output.WriteLine(
            $"{progress.State}: {Seconds(progress.Done, _rate)}{of} s, avail {progress.Avail}, delay {progress.DelayFrames} frames, {progress.XRuns} xruns");
    }

    /// <inheritdoc/>
    public override void Finished(StreamReport report) => environment.Output.WriteLine(Summary(report));
}
