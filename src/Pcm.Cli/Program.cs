using System.Runtime.InteropServices;
using Pcm.Cli;

// The first signal stops in good order, the second one kills, as the system does by itself.
using var stop = new CancellationTokenSource();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await CliProgram.RunAsync(args, CliEnvironment.OfThisProcess(), stop.Token);

void Stop(PosixSignalContext context)
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
