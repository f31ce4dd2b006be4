using System.CommandLine;
using Pcm.Cli.Devices;
using Pcm.Cli.Output;

namespace Pcm.Cli.Commands;

/// <summary><c>pcm devices</c>.</summary>
internal static class DevicesCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var command = new Command("devices", "Lists the backends of this build and the cards they find.")
        {
            CommonOptions.Json, CommonOptions.Verbose,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            environment, parsed, context => ListAsync(context, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task ListAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var listings = new List<DeviceListing>();
        foreach (DeviceFactory factory in context.Environment.Devices.Factories)
        {
            var cards = new List<CardListing>();
            string? problem = null;
            try
            {
                cards.AddRange(factory.ListUnopened());
            }
            catch (CliException e)
            {
                problem = e.Message;
            }

            foreach (string device in factory.ReadyDevices)
            {
                try
                {
                    await using OpenedDevice opened = await context.OpenDeviceAsync(device, direction: null, cancellationToken);
                    cards.Add(CardListing.Of(device, opened.Card));
                }
                catch (CliException e)
                {
                    problem = e.Message; // a backend that cannot work here must not hide the others
                }
            }

            listings.Add(new DeviceListing(factory, cards, problem));
        }

        DeviceListView.Write(context, listings);
    }
}
