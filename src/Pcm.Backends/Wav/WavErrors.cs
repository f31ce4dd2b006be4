namespace Pcm.Backends;

/// <summary>What the exceptions of the file system are as an errno.</summary>
internal static class WavErrors
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlock = 11; // Linux's EWOULDBLOCK, which .NET reports as it is when another process holds the lock

    /// <summary>Why a file could not be opened.</summary>
    public static PcmError FromOpen(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => PcmError.NoEntry,
        IOException { HResult: SharingViolation or WouldBlock } => PcmError.Busy,
        _ => PcmError.IO,
    };
}
