namespace Pcm;

/// <content>Triggers that states have moved for and that the backend has not heard of yet.</content>
public sealed partial class PcmSubstream
{
    private int _payScheduled;

    /// <summary>Tells the backend about the stops that the states have moved for, in the group's order. Context: gate held.</summary>
    private ValueTask PayOwedAsync(PcmStreamGroup group)
    {
        for (int i = 0; i < group.Members.Count; i++)
        {
            if (group.Members[i]._runtime?.OwedTrigger is not null)
            {
                return PayOwedSlowAsync(group);
            }
        }

        return default;
    }

    private async ValueTask PayOwedSlowAsync(PcmStreamGroup group)
    {
        foreach (PcmSubstream member in group.Members)
        {
            if (member._runtime is { OwedTrigger: not null } runtime)
            {
                runtime.TriggerMaster = runtime;
            }
        }

        foreach (PcmSubstream member in group.Members)
        {
            if (member._runtime is not { OwedTrigger: { } command } runtime)
            {
                continue;
            }

            runtime.OwedTrigger = null;
            if (runtime.TriggerMaster != runtime)
            {
                continue; // another member's trigger covered it; its sync_stop covers the wait too
            }

            PcmError error = await member.TriggerAsync(runtime, command, CancellationToken.None);
            runtime.StopOperating |= command is PcmCommand.Stop or PcmCommand.Suspend;
            if (error != PcmError.None)
            {
                PcmLog.StopFailed(_log, member, command, error);
            }
        }
    }

    /// <summary>Has the owed triggers paid by the scheduler, once. Context: any, also under the stream lock.</summary>
    private void SchedulePay()
    {
        if (Interlocked.Exchange(ref _payScheduled, 1) == 0)
        {
            Services.Scheduler.Schedule(static s => ((PcmSubstream)s!).PayInBackground(), this);
        }
    }

    private void PayInBackground()
    {
        Volatile.Write(ref _payScheduled, 0);
        Forget(PayAsync());

        async ValueTask PayAsync()
        {
            PcmStreamGroup group = await EnterGateAsync(CancellationToken.None);
            try
            {
                await PayOwedAsync(group);
            }
            finally
            {
                group.Gate.Exit();
            }
        }
    }

    /// <summary>Lets a task that reports its own errors run on its own.</summary>
    private static void Forget(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            _ = task.AsTask();
        }
    }
}
