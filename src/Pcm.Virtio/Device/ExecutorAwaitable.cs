using System.Runtime.CompilerServices;

namespace Pcm.Virtio;

/// <summary>
/// Awaits a verb of the audio side and goes on on the device's executor, wherever the verb completed: the device's state belongs to the
/// executor, and a device must not block it. A verb that completed at once costs no turn.
/// </summary>
internal readonly struct ExecutorAwaitable<T>(ValueTask<T> task, VirtioDeviceBus bus)
{
    public Awaiter GetAwaiter() => new(task.GetAwaiter(), bus);

    public readonly struct Awaiter(ValueTaskAwaiter<T> awaiter, VirtioDeviceBus bus) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => awaiter.IsCompleted;

        public T GetResult() => awaiter.GetResult();

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            VirtioDeviceBus target = bus;
            awaiter.UnsafeOnCompleted(() => target.Post(static action => ((Action)action!)(), continuation));
        }
    }
}
