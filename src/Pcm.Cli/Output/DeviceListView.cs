using Spectre.Console;

namespace Pcm.Cli.Output;

/// <summary>The output of <c>pcm devices</c>.</summary>
internal static class DeviceListView
{
    public static void Write(CommandContext context, IReadOnlyList<DeviceListing> listings)
    {
        TextWriter output = context.Environment.Output;
        if (context.IsJson)
        {
            output.WriteLine(ToJson(listings));
        }
        else if (context.Environment.IsInteractive)
        {
            WriteTable(Terminal.Create(context.Environment), listings);
        }
        else
        {
            WritePlain(output, listings);
        }
    }

    private static string ToJson(IReadOnlyList<DeviceListing> listings) => JsonReport.Of(json =>
    {
        json.WriteStartArray("backends");
        foreach (DeviceListing listing in listings)
        {
            json.WriteStartObject();
            json.WriteString("name", listing.Factory.Name);
            json.WriteString("syntax", listing.Factory.Syntax);
            json.WriteString("description", listing.Factory.Description);
            if (listing.Problem is not null)
            {
                json.WriteString("problem", listing.Problem);
            }

            json.WriteStartArray("cards");
            foreach (CardListing card in listing.Cards)
            {
                json.WriteStartObject();
                json.WriteString("device", card.Device);
                json.WriteString("id", card.Id);
                json.WriteString("name", card.Name);
                json.WriteNumber("playback", card.Playback);
                json.WriteNumber("capture", card.Capture);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void WritePlain(TextWriter output, IReadOnlyList<DeviceListing> listings)
    {
        foreach (DeviceListing listing in listings)
        {
            output.WriteLine($"{listing.Factory.Syntax}: {listing.Factory.Description}");
            foreach (CardListing card in listing.Cards)
            {
                output.WriteLine($"  --device {card.Device}: card {card.Id}, {card.Name}; {Directions(card)}");
            }

            if (listing.Problem is not null)
            {
                output.WriteLine($"  not available: {listing.Problem}");
            }
        }
    }

    private static void WriteTable(IAnsiConsole console, IReadOnlyList<DeviceListing> listings)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("Device", "Card", "Streams", "What");
        foreach (DeviceListing listing in listings)
        {
            if (listing.Cards.Count == 0)
            {
                table.AddRow(listing.Factory.Syntax.EscapeMarkup(), "", "", (listing.Problem ?? listing.Factory.Description).EscapeMarkup());
            }

            foreach (CardListing card in listing.Cards)
            {
                table.AddRow(card.Device.EscapeMarkup(), card.Name.EscapeMarkup(), Directions(card), listing.Factory.Description.EscapeMarkup());
            }
        }

        console.Write(table);
    }

    private static string Directions(CardListing card) => $"{card.Playback} playback, {card.Capture} capture";
}
