using System.CommandLine;
using Pcm.Cli.Devices;
using Pcm.Cli.Output;

namespace Pcm.Cli.Commands;

/// <summary><c>pcm params --device DEV</c>.</summary>
internal static class ParamsCommand
{
    public static Command Create(CliEnvironment environment)
    {
        Option<string> device = CommonOptions.Device(environment.Devices);
        var command = new Command("params", "Shows what a device can do: its refined configuration space.")
        {
            device, CommonOptions.Stream, CommonOptions.Format, CommonOptions.Rate, CommonOptions.Channels, CommonOptions.PeriodFrames,
            CommonOptions.Periods, CommonOptions.Json, CommonOptions.Verbose,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            environment, parsed, context => ShowAsync(context, parsed, parsed.GetRequiredValue(device), cancellationToken), cancellationToken));
        return command;
    }

    private static async Task ShowAsync(CommandContext context, ParseResult parsed, string device, CancellationToken cancellationToken)
    {
        PcmDirection? wanted = parsed.GetValue(CommonOptions.Stream);
        await using OpenedDevice opened = await context.OpenDeviceAsync(device, wanted, cancellationToken);
        bool hasPlayback = opened.Card.Devices.Any(static d => d.Playback.Count > 0);
        PcmDirection direction = wanted ?? (hasPlayback ? PcmDirection.Playback : PcmDirection.Capture);
        PcmSubstream substream = await opened.OpenSubstreamAsync(direction, cancellationToken);
        PcmHwParams space = Request(parsed);
        PcmError error = substream.HwRefine(space);
        if (error != PcmError.None)
        {
            throw CliException.Failure("hw_refine", error, "nothing is left of the configuration space with these options");
        }

        ParamsView.Write(context, device, direction, space);
    }

    /// <summary>The options narrow the space before it is shown.</summary>
    private static PcmHwParams Request(ParseResult parsed)
    {
        var space = new PcmHwParams();
        if (parsed.GetValue(CommonOptions.Format) is { } format)
        {
            space.Format = format;
        }

        foreach ((Option<int?> option, PcmHwParameter parameter) in (ReadOnlySpan<(Option<int?>, PcmHwParameter)>)
            [
                (CommonOptions.Rate, PcmHwParameter.Rate),
                (CommonOptions.Channels, PcmHwParameter.Channels),
                (CommonOptions.PeriodFrames, PcmHwParameter.PeriodSize),
                (CommonOptions.Periods, PcmHwParameter.Periods),
            ])
        {
            if (parsed.GetValue(option) is { } value)
            {
                space.SetInterval(parameter, PcmInterval.Of((uint)value));
            }
        }

        return space;
    }
}
