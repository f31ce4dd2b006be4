namespace Pcm.Testing.Conformance;

/// <summary>A law is broken; the message is the evidence. Ends the law's scenario.</summary>
internal sealed class LawBrokenException(string evidence) : Exception(evidence);
