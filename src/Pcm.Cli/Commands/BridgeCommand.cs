using System.CommandLine;
using System.Globalization;
using Pcm.Cli.Devices;
using Pcm.Cli.Output;
using Pcm.Cli.Sessions;

namespace Pcm.Cli.Commands;

/// <summary><c>pcm bridge FROM TO [--duration T]</c>.</summary>
internal static class BridgeCommand
{
    public static Command Create(CliEnvironment environment)
    {
        string devices = string.Join(", ", environment.Devices.Factories.Select(static f => f.Syntax));
        var from = new Argument<string>("FROM") { Description = $"The device to capture from: {devices}." };
        var to = new Argument<string>("TO") { Description = "The device to play on." };
        Option<Duration?> duration = CommonOptions.Duration(isRequired: false);
        var command = new Command("bridge", "Copies from a capture to a playback, and measures how their clocks drift apart.")
        {
            from, to, duration, CommonOptions.Format, CommonOptions.Rate, CommonOptions.Channels, CommonOptions.Clock, CommonOptions.Json, CommonOptions.Verbose,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            environment,
            parsed,
            context => BridgeAsync(
                context, parsed, parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), parsed.GetValue(duration), cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task BridgeAsync(
        CommandContext context, ParseResult parsed, string from, string to, Duration? duration, CancellationToken cancellationToken)
    {
        PcmBridgeReport report;
        StreamFormat format;
        await using (OpenedDevice source = await context.OpenDeviceAsync(from, PcmDirection.Capture, cancellationToken))
        await using (OpenedDevice sink = await context.OpenDeviceAsync(to, PcmDirection.Playback, cancellationToken))
        {
            PcmSubstream capture = await source.OpenSubstreamAsync(PcmDirection.Capture, cancellationToken);
            PcmSubstream playback = await sink.OpenSubstreamAsync(PcmDirection.Playback, cancellationToken);
            StreamView view = StreamView.Create(context, "bridge", from, to);
            try
            {
                (report, format) = await RunAsync(capture, playback, parsed, duration, source.EndOfSource, view, cancellationToken);
            }
            catch (PcmException e)
            {
                throw CliException.Failure(e.Operation, e.Error);
            }
            finally
            {
                view.End();
            }
        }

        context.ThrowIfErrorLogged($"{report.Frames} frames went from {from} to {to}, but some were lost");
        context.Environment.Output.WriteLine(context.IsJson ? ToJson(from, to, format, report) : ToText(format, report));
    }

    private static async Task<(PcmBridgeReport Report, StreamFormat Format)> RunAsync(
        PcmSubstream capture, PcmSubstream playback, ParseResult parsed, Duration? duration, Func<long?>? endOfSource, StreamView view, CancellationToken cancellationToken)
    {
        var options = new PcmBridgeOptions
        {
            Format = parsed.GetValue(CommonOptions.Format),
            Channels = parsed.GetValue(CommonOptions.Channels),
            Rate = parsed.GetValue(CommonOptions.Rate),
            EndOfSource = endOfSource,
            OnProgress = report => view.Progress(new StreamProgress(
                playback.State, report.Frames, 0, report.DelayFrames, report.SourceXRuns + report.SinkXRuns)),
        };

        // A time is a number of frames only once the rate is known, so the parameters are chosen twice; the same ones.
        PcmHwParams chosen = await new PcmBridge(capture, playback, options).ConfigureAsync(cancellationToken);
        var bridge = new PcmBridge(capture, playback, options with { Frames = duration?.ToFrames(chosen.Rate) });
        chosen = await bridge.ConfigureAsync(cancellationToken);
        var format = new StreamFormat(chosen.Format, chosen.Channels, chosen.Rate);
        view.Started(format, chosen.PeriodFrames, chosen.BufferFrames, duration?.ToFrames(chosen.Rate));
        return (await bridge.RunAsync(cancellationToken), format);
    }

    private static string ToText(StreamFormat format, PcmBridgeReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"bridged {report.Frames} frames ({(double)report.Frames / format.Rate:F3} s), {report.SourceXRuns} overruns ({report.LostFrames} frames lost), "
        + $"{report.SinkXRuns} underruns, drift {(report.DriftPpm is { } drift ? $"{drift:F1} ppm" : "not measured")}");

    private static string ToJson(string from, string to, StreamFormat format, PcmBridgeReport report) => JsonReport.Of(json =>
    {
        json.WriteString("command", "bridge");
        json.WriteString("from", from);
        json.WriteString("to", to);
        json.WriteString("format", format.Format.AlsaName());
        json.WriteNumber("channels", format.Channels);
        json.WriteNumber("rate", format.Rate);
        json.WriteNumber("frames", report.Frames);
        json.WriteNumber("sourceXRuns", report.SourceXRuns);
        json.WriteNumber("sinkXRuns", report.SinkXRuns);
        json.WriteNumber("lostFrames", report.LostFrames);
        if (report.DriftPpm is { } drift)
        {
            json.WriteNumber("driftPpm", Math.Round(drift, 3));
        }
    });
}
