using Pcm.Cli.Sessions;
using Spectre.Console;

namespace Pcm.Cli.Output;

/// <summary>A line on a terminal that is rewritten in place.</summary>
internal sealed class LiveStreamView : StreamView
{
    private const int BarWidth = 20;

    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(100);

    private readonly CliEnvironment _environment;
    private readonly IAnsiConsole _console;
    private long _shown;
    private long? _frames;
    private int _rate;
    private int _bufferFrames;
    private bool _isLineOpen;

    public LiveStreamView(CliEnvironment environment, string command, string file, string device)
        : base(command, file, device)
    {
        _environment = environment;
        _console = Terminal.Create(environment);
    }

    /// <inheritdoc/>
    public override void Started(StreamFormat format, int periodFrames, int bufferFrames, long? frames)
    {
        _console.MarkupLineInterpolated($"[bold]{Command}[/] {File} on [blue]{Device}[/]: {format.ToString()}, period {periodFrames}, buffer {bufferFrames} frames");
        (_rate, _bufferFrames, _frames) = (format.Rate, bufferFrames, frames);
    }

    /// <inheritdoc/>
    public override void Progress(in StreamProgress progress)
    {
        if (_isLineOpen && _environment.Time.GetElapsedTime(_shown) < s_refresh)
        {
            return;
        }

        _shown = _environment.Time.GetTimestamp();
        ClearLine();
        string colour = progress.State == PcmState.Running ? "green" : "yellow";
        long fill = Math.Clamp(Command == "play" ? _bufferFrames - progress.Avail : progress.Avail, 0, _bufferFrames);
        int cells = (int)(fill * BarWidth / _bufferFrames);
        string of = _frames is { } frames ? " / " + Seconds(frames, _rate) : "";
        _console.Markup(
            $"[{colour}]{progress.State,-8}[/] {Seconds(progress.Done, _rate)}{of} s  [blue]{new string('#', cells)}[/][grey]{new string('.', BarWidth - cells)}[/] "
            + $"delay {progress.DelayFrames}  xruns {progress.XRuns}");
        _isLineOpen = true;
    }

    /// <inheritdoc/>
    public override void End() => ClearLine();

    /// <inheritdoc/>
    public override void Finished(StreamReport report) => _console.MarkupLineInterpolated($"[green]done[/] {Summary(report)}");

    private void ClearLine()
    {
        if (_isLineOpen)
        {
            _console.Write(new ControlCode("\r\u001b[2K"));
            _isLineOpen = false;
        }
    }
}
