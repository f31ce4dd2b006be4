using System.CommandLine;
using Pcm.Cli.Devices;
using Pcm.Cli.Output;
using Pcm.Cli.Sessions;

namespace Pcm.Cli.Commands;

/// <summary><c>pcm play FILE</c>.</summary>
internal static class PlayCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "A WAV file; - for raw frames from the standard input, with --format, --rate and --channels." };
        Option<string> device = CommonOptions.Device(environment.Devices);
        var command = new Command("play", "Plays a file.") { file, device };
        CommonOptions.AddStreamOptions(command);
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            environment,
            parsed,
            context => PlayAsync(context, parsed, parsed.GetRequiredValue(file), parsed.GetRequiredValue(device), cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task PlayAsync(CommandContext context, ParseResult parsed, string file, string device, CancellationToken cancellationToken)
    {
        using FrameSource source = OpenSource(context, parsed, file);
        StreamView view = StreamView.Create(context, "play", file, device);
        StreamReport report;
        await using (OpenedDevice opened = await context.OpenDeviceAsync(device, PcmDirection.Playback, cancellationToken, source.Format))
        {
            PcmSubstream substream = await opened.OpenSubstreamAsync(PcmDirection.Playback, cancellationToken);
            report = await new PlaybackSession(substream, source, CommonOptions.GetLayout(parsed) with { NeverXRuns = opened.OutrunsApplication }, view).RunAsync(cancellationToken);
            if (opened.Recording is { } recording)
            {
                recording.Frames = report.Frames;
            }
        }

        // Only now is everything closed that could still have lost something.
        context.ThrowIfErrorLogged($"'{file}' was played, {report.Frames} frames, but the device lost some");
        if (source.Problem is { } problem)
        {
            throw CliException.Failure($"'{file}' was played up to where it is broken, {report.Frames} frames: {problem}");
        }

        view.Finished(report);
    }

    private static FrameSource OpenSource(CommandContext context, ParseResult parsed, string file)
    {
        (PcmFormat? format, int? rate, int? channels) =
            (parsed.GetValue(CommonOptions.Format), parsed.GetValue(CommonOptions.Rate), parsed.GetValue(CommonOptions.Channels));
        if (file == "-")
        {
            return format is not null && rate is not null && channels is not null
                ? FrameSource.OfRaw(context.Environment.OpenInput(), new StreamFormat(format.Value, channels.Value, rate.Value))
                : throw CliException.Usage("raw frames from the standard input need --format, --rate and --channels");
        }

        FrameSource source = FrameSource.OfWav(file);
        if ((format ?? source.Format.Format, rate ?? source.Format.Rate, channels ?? source.Format.Channels)
            != (source.Format.Format, source.Format.Rate, source.Format.Channels))
        {
            source.Dispose();
            throw CliException.Usage($"'{file}' has {source.Format}, and pcm does not convert; leave --format, --rate and --channels out");
        }

        return source;
    }
}
