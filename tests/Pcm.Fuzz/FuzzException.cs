namespace Pcm.Fuzz;

/// <summary>A law was broken: a finding.</summary>
internal sealed class FuzzException(string message) : Exception(message);
