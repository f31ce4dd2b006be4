namespace Pcm.Fuzz;

/// <summary>One step of a case. A case is a list of them, made from its seed; leaving some out gives another case, which is how a finding is made small.</summary>
/// <param name="Kind">What the target makes of it, modulo its number of kinds.</param>
/// <param name="A">An argument.</param>
/// <param name="B">An argument.</param>
/// <param name="C">An argument.</param>
internal readonly record struct FuzzOp(byte Kind, uint A, uint B, uint C);
