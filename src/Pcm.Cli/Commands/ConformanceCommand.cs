using System.CommandLine;
using Pcm.Cli.Devices;
using Pcm.Cli.Output;
using Pcm.Testing.Conformance;

namespace Pcm.Cli.Commands;

/// <summary><c>pcm conformance</c>: the laws that every backend must obey, tried on a device.</summary>
internal static class ConformanceCommand
{
    public static Command Create(CliEnvironment environment)
    {
        Option<string> device = CommonOptions.Device(environment.Devices);
        var law = new Option<string?>("--law") { Description = "Only this law.", HelpName = "NAME" };
        var command = new Command("conformance", "Tries every law of the conformance kit on a device; the virtual clock makes it quick, unless --clock real.")
        {
            device, law, CommonOptions.Stream, CommonOptions.Clock, CommonOptions.Json, CommonOptions.Verbose,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            environment,
            parsed,
            context => RunAsync(context, parsed, parsed.GetRequiredValue(device), parsed.GetValue(law), cancellationToken),
            cancellationToken,
            isClockLeftAlone: true));
        return command;
    }

    private static async Task RunAsync(CommandContext context, ParseResult parsed, string device, string? lawName, CancellationToken cancellationToken)
    {
        bool isReal = parsed.GetResult(CommonOptions.Clock) is { Implicit: false } && parsed.GetValue(CommonOptions.Clock) == ClockKind.Real;
        var target = new DeviceTarget(DeviceString.Parse(device, context.Environment.Devices), device, context, isReal);
        PcmDirection? only = await target.LookAsync(cancellationToken);
        PcmDirection? direction = parsed.GetValue(CommonOptions.Stream) ?? only;
        var view = new ConformanceView(context, device);
        var options = new PcmConformanceOptions { Direction = direction, OnVerdict = view.Add };
        if (lawName is null)
        {
            await PcmConformance.RunAsync(target, options, cancellationToken);
        }
        else
        {
            PcmLaw law = PcmConformance.Laws.FirstOrDefault(l => l.Name == lawName)
                ?? throw CliException.Usage($"there is no law '{lawName}'; pcm conformance prints their names");
            await new PcmConformanceSession(target, options).CheckAsync(law, cancellationToken);
        }

        view.Finish();
        if (view.Failed > 0)
        {
            throw CliException.Failure($"{view.Failed} laws are broken by {device}", isReported: true);
        }
    }
}
