namespace Pcm;

/// <summary>The result of a transfer that may wait.</summary>
/// <param name="Error">Why nothing was transferred; <see cref="PcmError.None"/> when anything was, for a partial success hides the error, as in the kernel.</param>
/// <param name="Frames">Frames transferred, <c>[0 .. requested]</c>.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct PcmTransfer(PcmError Error, int Frames);
