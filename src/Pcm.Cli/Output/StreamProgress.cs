namespace Pcm.Cli.Output;

/// <summary>A moment of a session.</summary>
/// <param name="State">The stream's state.</param>
/// <param name="Done">Frames handed over.</param>
/// <param name="Avail">Frames that can be transferred.</param>
/// <param name="DelayFrames">Frames until one written now is heard.</param>
/// <param name="XRuns">Xruns so far.</param>
internal readonly record struct StreamProgress(PcmState State, long Done, long Avail, long DelayFrames, int XRuns);
