using Pcm.Testing;

namespace Pcm.Virtio.Tests.Lifetime;

/// <summary>A device that fails, is reset, frozen, taken away: what the streams see, and that they go on (VIRTIO-SOUND 2.9, rules R1 to R9).</summary>
public sealed class RecoveryTests(ITestOutputHelper output)
{
    private const int Period = LifetimeRig.Period;

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void NeedsReset_WhileRunning_IsAnXRunAndTheStreamGoesOnAfterPrepare(PcmDirection direction) => Run(async rig =>
    {
        PcmSubstream substream = await rig.RunningAsync(direction);
        rig.Model.Fail();
        await Settle(rig);
        Assert.Equal((PcmState.XRun, 1L), (substream.State, rig.Driver.Resets));
        await GoesOnAsync(rig, substream);
        await substream.CloseAsync();
    });

    [Fact]
    public void NeedsReset_InPreparedWithData_StartSaysEpipeAndPrepareHelps() => Run(async rig =>
    {
        PcmSubstream playback = await rig.OpenAsync(PcmDirection.Playback);
        (await playback.PrepareAsync()).ThrowIfError("prepare");
        playback.SetSwParams(playback.GetSwParams() with { StartThreshold = playback.Runtime!.Boundary }).ThrowIfError("sw_params");
        Assert.Equal(2 * Period, (await playback.WriteAsync(new byte[2 * Period * 4])).Frames);
        rig.Model.Fail();
        await Settle(rig);
        Assert.Equal((PcmState.Prepared, 0), (playback.State, rig.Driver.Streams[0]!.InFlight));
        Assert.Equal(PcmError.XRun, await playback.StartAsync());
        playback.SetSwParams(playback.GetSwParams() with { StartThreshold = 1 }).ThrowIfError("sw_params");
        await GoesOnAsync(rig, playback);
        await playback.CloseAsync();
    });

    [Fact]
    public void NeedsReset_WhilePaused_ReleaseSaysEpipeAndPrepareHelps() => Run(async rig =>
    {
        PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
        Assert.Equal(PcmError.None, await playback.PauseAsync(true));
        rig.Model.Fail();
        await Settle(rig);
        Assert.Equal(PcmError.XRun, await playback.PauseAsync(false));
        await GoesOnAsync(rig, playback);
        await playback.CloseAsync();
    });

    [Fact]
    public void NeedsReset_WhileDraining_EndsTheDrainWithEpipe() => Run(async rig =>
    {
        PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
        Task<PcmError> drain = playback.DrainAsync().AsTask();
        rig.Model.Fail();
        PcmError error = await drain;
        Assert.True(error is PcmError.XRun or PcmError.IO or PcmError.None, error.ToString());
        Assert.NotEqual(PcmState.Draining, playback.State);
        await GoesOnAsync(rig, playback);
        await playback.CloseAsync();
    });

    [Fact]
    public void Verb_DuringTheRecovery_WaitsForItAndSucceeds() => Run(async rig =>
    {
        PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
        rig.Model.Fail();
        await Task.Yield();
        (await playback.DropAsync()).ThrowIfError("drop");
        Assert.Equal(PcmError.None, await playback.PrepareAsync());
        Assert.Equal(1L, rig.Driver.Resets);
        await playback.CloseAsync();
    });

    [Fact]
    public void NeedsReset_MoreOftenInARowThanAllowed_DisconnectsTheCard() => Run(async rig =>
    {
        PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
        for (int i = 0; i < 3; i++)
        {
            rig.Model.Fail();
            await Settle(rig);
            Assert.Equal(i + 1L, rig.Driver.Resets);
        }

        rig.Model.Fail();
        await Settle(rig);
        Assert.Equal((PcmState.Disconnected, 3L), (playback.State, rig.Driver.Resets));
        Assert.Equal(PcmError.NoDevice, await playback.PrepareAsync());
        await playback.CloseAsync();
    });

    [Fact]
    public void NeedsReset_AgainAfterItPlayed_CountsFromZero() => Run(async rig =>
    {
        PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
        for (int i = 0; i < 10; i++)
        {
            rig.Model.Fail();
            await Settle(rig);
            await GoesOnAsync(rig, playback);
        }

        Assert.Equal(10L, rig.Driver.Resets);
        await playback.CloseAsync();
    });

    [Fact]
    public void NeedsReset_WithRecoveryOff_DisconnectsTheCard() => Run(
        async rig =>
        {
            PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
            rig.Model.Fail();
            await Settle(rig);
            Assert.Equal((PcmState.Disconnected, 0L), (playback.State, rig.Driver.Resets));
            await playback.CloseAsync();
        },
        new VirtioSoundOptions { MaxRecoveries = 0 });

    [Fact]
    public void Reset_OfADeviceThatLives_StopsAndReleasesItsStreamsFirst() => Run(async rig =>
    {
        PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback), capture = await rig.RunningAsync(PcmDirection.Capture);
        Assert.True(await rig.Driver.ResetAsync());
        Assert.Equal((PcmState.XRun, PcmState.XRun), (playback.State, capture.State));
        await GoesOnAsync(rig, playback);
        await GoesOnAsync(rig, capture);
        await playback.CloseAsync();
        await capture.CloseAsync();
    });

    [Fact]
    public void Freeze_Running_SuspendsAndAfterThawPrepareHelps() => Run(async rig =>
    {
        PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
        Assert.True(await rig.Driver.FreezeAsync());
        Assert.Equal((PcmState.Suspended, VirtioStatus.None), (playback.State, rig.Transport.Status));
        Assert.False(await rig.Driver.FreezeAsync());
        Task<PcmError> prepare = playback.PrepareAsync().AsTask(); // waits
        await Settle(rig);
        Assert.False(prepare.IsCompleted);
        Assert.True(await rig.Driver.ThawAsync());
        Assert.Equal(PcmError.None, await prepare);
        Assert.False(await rig.Driver.ThawAsync());
        await GoesOnAsync(rig, playback);
        await playback.CloseAsync();
    });

    [Fact]
    public void Prepare_OfAFrozenDevice_TimesOut() => Run(async rig =>
    {
        PcmSubstream playback = await rig.OpenAsync(PcmDirection.Playback);
        Assert.True(await rig.Driver.FreezeAsync());
        Assert.Equal(PcmError.TimedOut, await playback.PrepareAsync());
        await playback.CloseAsync();
    });

    [Fact]
    public void Dispose_OfAFrozenDriver_LeaksNothing() => Run(async rig =>
    {
        await using PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
        Assert.True(await rig.Driver.FreezeAsync());
    });

    /// <summary>The device goes away at every single step of probe, open, configuration, transfer, pause, reset, drain, close.</summary>
    [Fact]
    public void Disconnect_AtEachStep_EndsEveryCallAndLeaksNothing()
    {
        int steps = 0;
        while (DisconnectAt(steps, periods: 10))
        {
            steps++;
        }

        output.WriteLine($"{steps} points");
        Assert.True(steps > 250, $"{steps} points");
    }

    [Fact]
    public void Disconnect_DuringPlaybackAThousandTimes_EndsEveryCallAndLeaksNothing()
    {
        var random = new Random(1);
        int reached = 0;
        for (int i = 0; i < 1_000; i++)
        {
            reached += DisconnectAt(random.Next(1_500), periods: 100) ? 1 : 0;
        }

        output.WriteLine($"{reached} of 1000 before the end");
        Assert.True(reached > 900);
    }

    /// <returns>False: the life was over before.</returns>
    private static bool DisconnectAt(int step, int periods)
    {
        bool reached = false;
        InProcessTransport? transport = null;
        var clock = new VirtualClock();
        clock.BeforeStep = () =>
        {
            if (step-- == 0)
            {
                reached = true;
                transport?.Disconnect();
            }
        };
        clock.Run(async () =>
        {
            LifetimeRig rig;
            try
            {
                rig = await LifetimeRig.CreateAsync(clock, made: t => transport = t);
            }
            catch (VirtioTransportException) when (reached)
            {
                return;
            }

            await LifeAsync(rig, periods);
            await rig.DisposeAsync();
            rig.AssertNothingLeaked();
        });
        return reached;
    }

    /// <summary>Every verb, playback and capture; what fails because the device is gone fails with ENODEV, or is a wait that it ended.</summary>
    private static async Task LifeAsync(LifetimeRig rig, int periods)
    {
        foreach (PcmDirection direction in (PcmDirection[])[PcmDirection.Playback, PcmDirection.Capture])
        {
            PcmOpenResult opened = await rig.Driver.Card.Devices[0].OpenAsync(direction);
            if (opened.Error != PcmError.None)
            {
                Assert.True(opened.Error is PcmError.NoDevice or PcmError.NoEntry, opened.Error.ToString());
                continue;
            }

            PcmSubstream substream = opened.GetOrThrow();
            byte[] data = new byte[periods * Period * LifetimeRig.FrameBytes];
            List<PcmError> errors =
            [
                await substream.HwParamsAsync(LifetimeRig.Request()),
                await substream.PrepareAsync(),
                direction == PcmDirection.Playback ? (await substream.WriteAsync(data)).Error : (await substream.ReadAsync(data)).Error,
                await substream.PauseAsync(true),
                await substream.PauseAsync(false),
                await substream.ResetAsync(),
                direction == PcmDirection.Playback ? (await substream.WriteAsync(data)).Error : (await substream.ReadAsync(data)).Error,
                await substream.DrainAsync(),
                await substream.PrepareAsync(),
                await substream.DropAsync(),
                await substream.HwFreeAsync(),
            ];
            await substream.CloseAsync();
            Assert.All(errors, static e => Assert.True(e is PcmError.None or PcmError.NoDevice or PcmError.BadState or PcmError.IO or PcmError.NotImplemented, e.ToString()));
        }
    }

    private static void Run(Func<LifetimeRig, Task> test, VirtioSoundOptions? options = null)
    {
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            LifetimeRig rig = await LifetimeRig.CreateAsync(clock, options);
            await test(rig);
            await rig.DisposeAsync();
            rig.AssertNothingLeaked();
        });
    }

    /// <summary>Lets a recovery come to its end: longer than a reset is waited for would be a time-out.</summary>
    private static Task Settle(LifetimeRig rig) => Task.Delay(TimeSpan.FromMilliseconds(5), rig.Clock);

    private static async Task GoesOnAsync(LifetimeRig rig, PcmSubstream substream)
    {
        Assert.Equal(PcmError.None, await substream.PrepareAsync());
        byte[] data = new byte[4 * Period * LifetimeRig.FrameBytes];
        PcmTransfer moved = substream.Direction == PcmDirection.Playback ? await substream.WriteAsync(data) : await substream.ReadAsync(data);
        Assert.Equal(new PcmTransfer(PcmError.None, 4 * Period), moved);
        await Task.Delay(TimeSpan.FromMilliseconds(15), rig.Clock);
        Assert.Equal((PcmState.Running, true), (substream.State, substream.Runtime!.HardwarePosition > 0));
    }
}
