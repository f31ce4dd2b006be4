using System.Globalization;
using Pcm.Cli.Sessions;

namespace Pcm.Cli.Output;

/// <summary>What the user sees of a session: a live line, plain lines, or one JSON object at the end.</summary>
internal abstract class StreamView(string command, string file, string device)
{
    /// <summary><c>play</c> or <c>record</c>.</summary>
    protected string Command { get; } = command;

    /// <summary>The file.</summary>
    protected string File { get; } = file;

    /// <summary>The device string.</summary>
    protected string Device { get; } = device;

    /// <summary>The view that suits the command line and the terminal.</summary>
    public static StreamView Create(CommandContext context, string command, string file, string device) =>
        context.IsJson ? new JsonStreamView(context.Environment.Output, command, file, device)
        : context.Environment.IsInteractive ? new LiveStreamView(context.Environment, command, file, device)
        : new PlainStreamView(context.Environment, command, file, device);

    /// <summary>The stream is configured.</summary>
    /// <param name="format">What a frame is.</param>
    /// <param name="periodFrames">Frames of a period.</param>
    /// <param name="bufferFrames">Frames of the ring.</param>
    /// <param name="frames">How many frames it will be; null when that is not known.</param>
    public virtual void Started(StreamFormat format, int periodFrames, int bufferFrames, long? frames)
    {
    }

    /// <summary>Frames moved. Called often: the view decides what of it is seen.</summary>
    public virtual void Progress(in StreamProgress progress)
    {
    }

    /// <summary>Nothing moves any more, for better or worse.</summary>
    public virtual void End()
    {
    }

    /// <summary>Everything went well.</summary>
    public abstract void Finished(StreamReport report);

    /// <summary>The last line for a person.</summary>
    protected string Summary(StreamReport report)
    {
        string verb = Command == "play" ? "played" : "recorded";
        string seconds = Seconds(report.Frames, report.Format.Rate);
        string note = report.Note is null ? "" : $"; note: {report.Note}";
        return $"{verb} {report.Frames} frames ({seconds} s), {report.XRuns} xruns, delay up to {report.MaxDelayFrames} frames{note}";
    }

    /// <summary>Frames as seconds with three decimals.</summary>
    protected static string Seconds(long frames, int rate) => ((double)frames / rate).ToString("F3", CultureInfo.InvariantCulture);
}
