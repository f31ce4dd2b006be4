namespace Pcm;

/// <content>Triggers that states have moved for and that the backend has not heard of yet.</content>
public sealed partial class PcmSubstream
{
    private int _payScheduled;

    /// <summary>Tells the backend about the stops that the states have moved for, in the group's order. Context: gate held.</summary>
    private static ValueTask PayOwedAsync(PcmStreamGroup group)
    {
        for (int i = 0; i < group.Members.Count; i++)
        {
            PcmSubstream member = group.Members[i];
            if (member._runtime is { OwedTrigger: not null } runtime)
            {
                runtime.TriggerMaster = runtime;
                return group.Members.Count == 1 ? member.PayAsync(runtime) : PayAllAsync(group);
            }
        }

        return default;
    }

    private static async ValueTask PayAllAsync(PcmStreamGroup group)
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
            if (member._runtime is { OwedTrigger: not null } runtime)
            {
                await member.PayAsync(runtime);
            }
        }
    }

    private ValueTask PayAsync(PcmRuntime runtime)
    {
        PcmCommand command = runtime.OwedTrigger!.Value;
        runtime.OwedTrigger = null;
        if (runtime.TriggerMaster != runtime)
        {
            return default; // another member's trigger covered it; its sync_stop covers the wait too
        }

        ValueTask<PcmError> telling = TriggerAsync(command, CancellationToken.None);
        if (!telling.IsCompletedSuccessfully)
        {
            return PaidAsync(runtime, command, telling);
        }

        Paid(runtime, command, telling.Result);
        return default;
    }

    private async ValueTask PaidAsync(PcmRuntime runtime, PcmCommand command, ValueTask<PcmError> telling) => Paid(runtime, command, await telling);

    private void Paid(PcmRuntime runtime, PcmCommand command, PcmError error)
    {
        runtime.StopOperating |= command is PcmCommand.Stop or PcmCommand.Suspend;
        if (error != PcmError.None)
        {
            PcmLog.StopFailed(_log, this, command, error);
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
        Forget(PayInTurnAsync());

        async ValueTask PayInTurnAsync()
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
