using Pcm.Cli.Sessions;

namespace Pcm.Cli.Output;

/// <summary>One object at the end.</summary>
internal sealed class JsonStreamView(TextWriter output, string command, string file, string device) : StreamView(command, file, device)
{
    /// <inheritdoc/>
    public override void Finished(StreamReport report) => output.WriteLine(JsonReport.OfStream(Command, File, Device, report));
}
