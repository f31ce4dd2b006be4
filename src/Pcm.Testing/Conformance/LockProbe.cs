namespace Pcm.Testing.Conformance;

/// <summary>Finds out whether the calling thread holds a lock that a call needs: another thread makes the call.</summary>
internal static class LockProbe
{
    // Real time, and only spent by a backend that breaks the law: a call that needs no lock of ours returns at once.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public static bool CanCall(Action call)
    {
        var done = new ManualResetEventSlim(); // not disposed: a call that is held up sets it after we have gone
        var thread = new Thread(() =>
        {
            try
            {
                call();
            }
            finally
            {
                done.Set();
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return done.Wait(s_patience);
    }
}
