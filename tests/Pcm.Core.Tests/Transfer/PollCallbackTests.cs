namespace Pcm.Core.Tests.Transfer;

/// <summary>Being told of readiness by a callback: told once, never too early, and also when there is nothing more to wait for.</summary>
public sealed class PollCallbackTests
{
    private readonly ManualStream _stream = ManualStream.CreateRunning(PcmDirection.Playback);
    private readonly PcmPollCallback _callback;
    private int _calls;

    public PollCallbackTests() => _callback = new PcmPollCallback(_stream.Clock.Scheduler, static test => ((PollCallbackTests)test!)._calls++, this);

    [Fact]
    public void Poll_NothingToReport_CallsOnceAfterThePeriod()
    {
        Assert.Equal(PcmPollEvents.None, _stream.Substream.Poll(_callback));
        _stream.Clock.RunUntilIdle();
        Assert.Equal(0, _calls);

        _stream.Ops.Advance(ManualStream.PeriodFrames);
        Assert.Equal(0, _calls); // on the scheduler, not in the interrupt
        _stream.Clock.RunUntilIdle();
        Assert.Equal(1, _calls);

        _stream.Ops.Advance(ManualStream.PeriodFrames);
        _stream.Clock.RunUntilIdle();
        Assert.Equal(1, _calls);
    }

    [Fact]
    public void Poll_ReadyAlready_ReportsItAndDoesNotCall()
    {
        _stream.Ops.Advance(ManualStream.PeriodFrames);
        Assert.Equal(PcmPollEvents.Ready, _stream.Substream.Poll(_callback));
        _stream.Ops.Advance(ManualStream.PeriodFrames);
        _stream.Clock.RunUntilIdle();
        Assert.Equal(0, _calls);
    }

    [Fact]
    public void Poll_TwiceBeforeItIsReady_CallsOnce()
    {
        Assert.Equal(PcmPollEvents.None, _stream.Substream.Poll(_callback));
        Assert.Equal(PcmPollEvents.None, _stream.Substream.Poll(_callback));
        _stream.Ops.Advance(ManualStream.PeriodFrames);
        _stream.Clock.RunUntilIdle();
        Assert.Equal(1, _calls);
    }

    [Fact]
    public void Poll_FromTheCallback_IsCalledForEachPeriod()
    {
        PcmPollCallback? again = null;
        again = new PcmPollCallback(
            _stream.Clock.Scheduler,
            _ =>
            {
                _calls++;
                Assert.True(_stream.Transfer());
                Assert.Equal(PcmPollEvents.None, _stream.Substream.Poll(again!));
            },
            null);
        Assert.Equal(PcmPollEvents.None, _stream.Substream.Poll(again));
        for (int period = 1; period <= 5; period++)
        {
            _stream.Ops.Advance(ManualStream.PeriodFrames);
            _stream.Clock.RunUntilIdle();
            Assert.Equal(period, _calls);
        }
    }

    [Fact]
    public void Poll_ByAvailMin_WaitsForSoMany()
    {
        Assert.Equal(PcmError.None, _stream.Substream.SyncPointer(new PcmSyncPointer { AvailMin = 2 * ManualStream.PeriodFrames }, out _));
        Assert.Equal(PcmPollEvents.None, _stream.Substream.Poll(_callback));
        _stream.Ops.Advance(ManualStream.PeriodFrames);
        _stream.Clock.RunUntilIdle();
        Assert.Equal(0, _calls);
        _stream.Ops.Advance(ManualStream.PeriodFrames);
        _stream.Clock.RunUntilIdle();
        Assert.Equal(1, _calls);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("xrun")]
    [InlineData("pause")]
    [InlineData("unplug")]
    [InlineData("close")]
    public void Poll_RunEnds_CallsAndThenReportsIt(string how)
    {
        Assert.Equal(PcmPollEvents.None, _stream.Substream.Poll(_callback));
        _stream.Clock.Run(async () =>
        {
            switch (how)
            {
                case "drop":
                    Assert.Equal(PcmError.None, await _stream.Substream.DropAsync());
                    break;
                case "xrun":
                    Assert.Equal(PcmError.None, await _stream.Substream.XRunAsync());
                    break;
                case "pause":
                    Assert.Equal(PcmError.None, await _stream.Substream.PauseAsync(enable: true));
                    break;
                case "unplug":
                    _stream.Substream.Runtime!.SignalDisconnect();
                    break;
                default:
                    await _stream.Substream.CloseAsync();
                    break;
            }
        });
        _stream.Clock.RunUntilIdle();
        Assert.Equal(1, _calls);
        PcmPollEvents expected = how switch
        {
            "pause" => PcmPollEvents.None,
            "unplug" => PcmPollEvents.Error, // what poll says of a card that is gone
            _ => PcmPollEvents.Ready | PcmPollEvents.Error,
        };
        Assert.Equal(expected, _stream.Substream.Poll(_callback));
    }

    [Fact]
    public void Poll_NextSession_MayUseTheSameCallback()
    {
        Assert.Equal(PcmPollEvents.None, _stream.Substream.Poll(_callback));
        _stream.Clock.Run(async () =>
        {
            await _stream.Substream.CloseAsync();
            Assert.Equal(PcmError.None, await _stream.Substream.OpenAsync());
            await ManualStream.ConfigureAsync(_stream.Substream);
        });
        _stream.Clock.RunUntilIdle();
        Assert.Equal(1, _calls);
        Assert.Equal(PcmError.None, _stream.Substream.Write(new byte[ManualStream.BufferFrames * 4], out _));
        Assert.Equal(PcmPollEvents.None, _stream.Substream.Poll(_callback));
        _stream.Ops.Advance(ManualStream.PeriodFrames);
        _stream.Clock.RunUntilIdle();
        Assert.Equal(2, _calls);
    }
}
