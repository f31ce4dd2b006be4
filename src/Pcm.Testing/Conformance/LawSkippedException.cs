namespace Pcm.Testing.Conformance;

/// <summary>A law cannot be tried here; the message says why. Ends the law's scenario.</summary>
internal sealed class LawSkippedException(string reason) : Exception(reason);
