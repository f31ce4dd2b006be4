namespace Pcm.Testing;

/// <summary>One call of an op, as <see cref="RecordingOps"/> saw it.</summary>
/// <param name="Op">The op in the kernel's words: <c>open</c>, <c>hw_params</c>, <c>trigger</c>, <c>pointer</c>, <c>copy</c> and so on.</param>
/// <param name="Arguments">Its arguments as text, such as <c>START</c> or <c>0,1024</c>; empty when there are none.</param>
/// <param name="Result">What was answered: an errno, 0, or for the pointer its frame.</param>
/// <param name="TimeNs">When, on the core's clock.</param>
/// <param name="Source">The name given to the ops.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record RecordedCall(string Op, string Arguments, long Result, long TimeNs, string Source)
{
    /// <summary><c>trigger(START)</c>; <c>prepare</c>.</summary>
    public override string ToString() => Arguments.Length == 0 ? Op : $"{Op}({Arguments})";
}
