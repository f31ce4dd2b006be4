namespace Pcm;

/// <summary>What refining a mask or an interval answers: the kernel's convention, positive is not an error.</summary>
internal static class PcmRefinement
{
    public const int Unchanged = 0;
    public const int Changed = 1;
    public const int Empty = (int)PcmError.InvalidArgument;
}
