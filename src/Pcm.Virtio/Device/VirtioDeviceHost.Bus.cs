using System.Diagnostics.CodeAnalysis;

namespace Pcm.Virtio;

/// <content>What the device sees, and how its queues are served.</content>
internal sealed partial class VirtioDeviceHost
{
    public override bool TryGetQueue(ushort index, [NotNullWhen(true)] out DeviceVirtqueue? queue)
    {
        // No lock: _live belongs to the executor, which calls this, and on which alone a live device loses a queue.
        queue = index < _queues.Length && _live ? _queues[index].Queue : null;
        return queue is not null;
    }

    public override void Publish(ushort index)
    {
        if (!TryGetQueue(index, out DeviceVirtqueue? queue))
        {
            return;
        }

        bool interrupt = queue.Publish();
        ReportFault(queue);
        if (interrupt)
        {
            _output.Interrupt(index);
        }
    }

    public override void Poll(ushort index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _queues.Length);
        _queues[index].Kick.Request();
    }

    public override void ChangeConfig()
    {
        bool interrupt;
        lock (_lock)
        {
            _generation++;
            interrupt = _status.HasFlag(VirtioStatus.DriverOk) && !_resetting;
        }

        if (interrupt)
        {
            _output.ConfigChanged();
        }
    }

    public override void Fail()
    {
        bool interrupt;
        lock (_lock)
        {
            interrupt = _status.HasFlag(VirtioStatus.DriverOk) && !_status.HasFlag(VirtioStatus.NeedsReset) && !_resetting;
            if (_status != VirtioStatus.None)
            {
                _status |= VirtioStatus.NeedsReset;
            }
        }

        if (interrupt)
        {
            _output.ConfigChanged();
        }
    }

    public override void Post(Action<object?> work, object? state) => Executor.Post(work, state);

    private void Process(int index)
    {
        if (!TryGetQueue((ushort)index, out DeviceVirtqueue? queue))
        {
            return;
        }

        long popped = queue.Popped, foundEmpty = queue.FoundEmpty;
        queue.DisableNotifications();
        _device.ProcessQueue((ushort)index);
        bool idle = queue.TryEnableNotifications();
        ReportFault(queue);
        if (!idle && (queue.Popped != popped || queue.FoundEmpty != foundEmpty))
        {
            // Race: the driver adds a message after the device found none, and does not notify, because we did not wish it yet. So the device gets
            // another turn, as it does when it stopped in between; one that took nothing and met no end leaves the messages there on purpose, and
            // calling again would spin.
            _queues[index].Kick.Request();
        }
    }

    private void ReportFault(DeviceVirtqueue queue)
    {
        if (queue.IsBroken)
        {
            Fail();
        }
    }
}
