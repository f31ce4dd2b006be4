using System.CommandLine;
using Pcm.Cli.Devices;
using Pcm.Cli.Output;
using Pcm.Cli.Sessions;

namespace Pcm.Cli.Commands;

/// <summary><c>pcm record FILE --duration T</c>.</summary>
internal static class RecordCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "The WAV file to write; an existing one is overwritten." };
        Option<Duration?> duration = CommonOptions.Duration(isRequired: true);
        Option<string> device = CommonOptions.Device(environment.Devices);
        var command = new Command("record", "Records into a WAV file.") { file, duration, device };
        CommonOptions.AddStreamOptions(command);
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            environment,
            parsed,
            context => RecordAsync(
                context, parsed, parsed.GetRequiredValue(file), parsed.GetRequiredValue(device), parsed.GetValue(duration)!.Value, cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task RecordAsync(
        CommandContext context, ParseResult parsed, string file, string device, Duration duration, CancellationToken cancellationToken)
    {
        StreamView view = StreamView.Create(context, "record", file, device);
        long frames;
        StreamReport report;
        await using (OpenedDevice opened = await context.OpenDeviceAsync(device, PcmDirection.Capture, cancellationToken))
        {
            PcmSubstream substream = await opened.OpenSubstreamAsync(PcmDirection.Capture, cancellationToken);
            StreamFormat format = CaptureFormat.Choose(
                substream, parsed.GetValue(CommonOptions.Format), parsed.GetValue(CommonOptions.Channels), parsed.GetValue(CommonOptions.Rate));
            frames = duration.ToFrames(format.Rate);
            var session = new CaptureSession(substream, format, CommonOptions.GetLayout(parsed) with { NeverXRuns = opened.OutrunsApplication }, view)
            {
                Frames = frames,
                EndOfSource = opened.EndOfSource,
            };
            report = await RecordAsync(context, session, file, format, cancellationToken);
        }

        context.ThrowIfErrorLogged($"'{file}' has the {report.Frames} frames that there were");
        view.Finished(report.Frames < frames
            ? report with { Note = $"the source ended after {report.Frames} of {frames} frames" }
            : report);
    }

    private static async Task<StreamReport> RecordAsync(
        CommandContext context, CaptureSession session, string file, StreamFormat format, CancellationToken cancellationToken)
    {
        using var sink = new WavSink(file, format);
        try
        {
            return await session.RunAsync(sink, cancellationToken);
        }
        catch (Exception e) when (e is CliException or OperationCanceledException)
        {
            await context.Environment.Error.WriteLineAsync($"pcm record: '{file}' has the {session.Recorded} frames that were recorded before");
            throw;
        }
    }
}
