namespace Pcm.Backends;

/// <summary>A stream whose other side is a WAV file: what both directions share besides the clock.</summary>
/// <param name="path">The file.</param>
internal abstract class WavPcmOps(string path) : ClockedPcmOps
{
    private readonly Lock _statusLock = new();
    private WavFileStatus _status;

    /// <summary>How far the session, or the last one, has come. Any thread.</summary>
    public WavFileStatus Status
    {
        get
        {
            lock (_statusLock)
            {
                return _status;
            }
        }

        protected set
        {
            lock (_statusLock)
            {
                _status = value;
            }
        }
    }

    /// <summary>The file's path.</summary>
    protected string Path { get; } = path;
}
