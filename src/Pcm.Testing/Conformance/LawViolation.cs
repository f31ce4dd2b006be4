namespace Pcm.Testing.Conformance;

/// <summary>A law that is watched all the time was seen broken.</summary>
/// <param name="Law">The law's name.</param>
/// <param name="Evidence">What was seen.</param>
internal readonly record struct LawViolation(string Law, string Evidence);
