namespace Pcm.Testing;

/// <summary>Waiting to the precision of a clock; <see cref="Task.Delay(TimeSpan, TimeProvider)"/> knows whole milliseconds only.</summary>
internal static class PcmDelay
{
    public static async Task ForAsync(TimeProvider time, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ITimer timer = time.CreateTimer(static o => ((TaskCompletionSource)o!).TrySetResult(), over, duration, Timeout.InfiniteTimeSpan);
        await using (timer)
        {
            await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
                static (o, token) => ((TaskCompletionSource)o!).TrySetCanceled(token), over);
            await over.Task;
        }
    }
}
