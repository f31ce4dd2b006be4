namespace Pcm;

/// <content>What the card does to its substreams: suspend, disconnect.</content>
public sealed partial class PcmSubstream
{
    /// <summary>Suspends if the state allows; EBUSY is no failure here. Context: the device's open gate.</summary>
    internal async ValueTask SuspendForCardAsync()
    {
        if (!IsOpen)
        {
            return;
        }

        PcmStreamGroup group = await EnterGateAsync(CancellationToken.None);
        try
        {
            await PayOwedAsync(group);
            await SuspendNeedsGateAsync(group);
        }
        finally
        {
            group.Gate.Exit();
        }
    }

    /// <summary>Context: the device's open gate.</summary>
    internal async ValueTask SyncStopForCardAsync()
    {
        PcmStreamGroup group = await EnterGateAsync(CancellationToken.None);
        try
        {
            await SyncStopNeedsGateAsync(CancellationToken.None);
        }
        finally
        {
            group.Gate.Exit();
        }
    }

    /// <summary>Moves the open session to DISCONNECTED and lets the backend come to rest. Context: the device's open gate.</summary>
    internal async ValueTask DisconnectAsync()
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (_runtime is not { } runtime)
            {
                return;
            }

            Disconnect_NeedsLock(runtime);
        }
        finally
        {
            held.Exit();
        }

        PcmStreamGroup group = await EnterGateAsync(CancellationToken.None);
        try
        {
            await PayOwedAsync(group);
            await SyncStopNeedsGateAsync(CancellationToken.None);
        }
        finally
        {
            group.Gate.Exit();
        }
    }
}
