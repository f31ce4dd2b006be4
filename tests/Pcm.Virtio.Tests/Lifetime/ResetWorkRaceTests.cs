using Pcm.Testing;

namespace Pcm.Virtio.Tests.Lifetime;

/// <summary>
/// The race that the driver's first authors could not solve (VIRTIO-SOUND 2.9): a work that resets the device by removing and probing it, and a
/// removal that has to wait for that work unless it is called by it. The design proposed there, and this driver's, under the same explorer.
/// </summary>
public sealed class ResetWorkRaceTests(ITestOutputHelper output)
{
    [Fact]
    public void ProposedDesign_RemovalDuringTheResetWork_TearsDownTwiceAtOnce()
    {
        var violation = Assert.Throws<ScheduleViolationException>(() => new ScheduleExplorer().Explore(async (_, begin) =>
        {
            var card = new ProposedCard();
            begin();
            card.ScheduleResetWork();
            await Task.WhenAll(card.RunResetWorkAsync(), card.RemoveAsync(byTheWork: false));
        }));
        output.WriteLine(violation.Message);
        Assert.IsType<InvalidOperationException>(violation.InnerException);
    }

    [Fact]
    public void ThisDriver_RemovalDuringTheReset_TearsDownOnce()
    {
        int removals = 0;
        long schedules = new ScheduleExplorer { MaxDelays = 5, MaxSchedules = 20_000 }.Explore(async (clock, begin) =>
        {
            LifetimeRig rig = await LifetimeRig.CreateAsync(clock);
            begin();
            rig.Model.Fail();
            await Task.WhenAll(rig.Driver.DisposeAsync().AsTask(), rig.Driver.ResetAsync().AsTask(), rig.Driver.DisposeAsync().AsTask());
            rig.AssertNothingLeaked();
            Assert.False(await rig.Driver.ResetAsync());
            await rig.DisposeAsync();
            removals++;
        });
        output.WriteLine($"{schedules} schedules");
        Assert.Equal(schedules, removals);
    }

    /// <summary>
    /// The proposal: each card has a flag, set while the reset work runs; removal waits for the work unless the flag is set, because then it must be
    /// the work itself that removes. An independent removal that starts while the work runs sees the flag too.
    /// </summary>
    private sealed class ProposedCard
    {
        private readonly TaskCompletionSource _workDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _scheduled;
        private bool _resetting;
        private int _tearingDown;

        public void ScheduleResetWork() => _scheduled = true;

        public async Task RunResetWorkAsync()
        {
            await Task.Yield();
            if (_scheduled)
            {
                _resetting = true;
                await RemoveAsync(byTheWork: true);
                await Task.Yield(); // the device is probed again
                _resetting = false;
            }

            _workDone.TrySetResult();
        }

        public async Task RemoveAsync(bool byTheWork)
        {
            await Task.Yield();
            if (!_resetting)
            {
                _scheduled = false; // the work is cancelled, or waited for when it runs
                await _workDone.Task;
            }

            if (++_tearingDown > 1)
            {
                throw new InvalidOperationException($"Two removals at once, the second {(byTheWork ? "by" : "beside")} the reset work.");
            }

            await Task.Yield(); // queues are deleted
            _tearingDown--;
        }
    }
}
