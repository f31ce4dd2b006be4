using System.Diagnostics.Metrics;
using Pcm.Testing;

namespace Pcm.Virtio.Tests.Lifetime;

/// <summary>The counters, as a listener sees them; other tests count into the same meter, so only what comes through this thread is taken.</summary>
public sealed class VirtioMetricsTests
{
    [Fact]
    public void Life_WithAReset_IsCounted()
    {
        var sums = new Dictionary<string, long>();
        int thread = Environment.CurrentManagedThreadId;
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, l) =>
            {
                if (instrument.Meter.Name == VirtioMetrics.MeterName)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Note(instrument.Name, value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Note(instrument.Name, value));
        listener.Start();
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            LifetimeRig rig = await LifetimeRig.CreateAsync(clock);
            PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
            await Task.Delay(TimeSpan.FromMilliseconds(25), clock);
            Assert.True(await rig.Driver.ResetAsync());
            Assert.Equal(rig.Driver.Kicks.Sum(), sums["pcm.virtio.kicks"]);
            await playback.CloseAsync();
            await rig.DisposeAsync();
        });
        Assert.Equal(1, sums["pcm.virtio.resets"]);
        Assert.True(sums["pcm.virtio.interrupts"] > 3);
        Assert.Equal(0, sums["pcm.virtio.messages"]);
        Assert.Equal(0, sums.GetValueOrDefault("pcm.virtio.quarantined"));

        void Note(string name, long value)
        {
            if (Environment.CurrentManagedThreadId == thread)
            {
                sums[name] = sums.GetValueOrDefault(name) + value;
            }
        }
    }
}
