using System.Runtime.InteropServices;
using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>The driver's duties (rows V-01 to V-35 of docs/VIRTIO-COVERAGE.md), judged by a device that looks at each message.</summary>
public sealed class DriverJudgeTests
{
    private const int Period = 480;
    private const int FrameBytes = 4;

    [Theory]
    [InlineData(false, 12)]
    [InlineData(true, 16)]
    public void V01_Config_WithoutControls_IsNotReadBeyondTwelveBytes(bool controls, int end)
    {
        var judge = new JudgeDevice { Offered = controls ? VirtioFeatures.SoundControls : VirtioFeatures.None };
        JudgeRig.Run(judge, static (_, _) => Task.CompletedTask);
        Assert.Equal(end, judge.ConfigEnd);
    }

    [Fact]
    public void V02_V03_V34_EventQueue_IsFullOfWritableBuffersAndKickedOnce()
    {
        var judge = new JudgeDevice();
        JudgeRig.Run(judge, (rig, _) =>
        {
            (ushort, long, long)[] buffers = [.. judge.Messages.Where(static m => m.Queue == VirtioSoundQueues.Event)];
            Assert.Equal(64, buffers.Length);
            Assert.All(buffers, static buffer => Assert.Equal((VirtioSoundQueues.Event, 0L, 8L), buffer));
            Assert.Equal(1, rig.Transport.GetMetrics(VirtioSoundQueues.Event).Notifications);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void V04_V05_Queries_OfManyItems_StayInRangeAndHaveRoom()
    {
        var judge = new JudgeDevice { Streams = [.. Enumerable.Repeat(JudgeDevice.Stream(PcmDirection.Playback), 100)] };
        JudgeRig.Run(judge, (_, driver) =>
        {
            Assert.Equal(100, driver.Card.Devices[0].Playback.Count);
            uint next = 0;
            Assert.All(judge.Requests.Zip(judge.Rooms), item =>
            {
                VirtioSoundQuery query = MemoryMarshal.Read<VirtioSoundQuery>(item.First);
                Assert.Equal((next, 32u), (query.StartId.Value, query.Size.Value));
                Assert.Equal(4 + (32 * query.Count), (uint)item.Second);
                next += query.Count;
            });
            Assert.Equal(100u, next);
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData(64, 3)]
    [InlineData(480, 8)]
    [InlineData(1000, 2)]
    public void V06_V07_V08_V09_V10_V11_SetParams_HasOnlyWhatIsOfferedAndFits(int period, int periods)
    {
        var judge = new JudgeDevice();
        JudgeRig.Run(judge, async (_, driver) =>
        {
            await using PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, period, periods);
            VirtioSoundPcmSetParams sent = MemoryMarshal.Read<VirtioSoundPcmSetParams>(judge.Requests[^1]);
            Assert.Equal(24, judge.Requests[^1].Length);
            Assert.Equal(((uint)(period * FrameBytes), 0u), (sent.PeriodBytes.Value, sent.BufferBytes % sent.PeriodBytes));
            Assert.Equal((5, 7, 2, 0), (sent.Format, sent.Rate, sent.Channels, sent.Padding));

            // Of the offered 0x1F: polling and xrun events; no shared memory, no event that belongs to it.
            Assert.Equal(VirtioSoundPcmFeatures.MessagePolling | VirtioSoundPcmFeatures.XRunEvents, (VirtioSoundPcmFeatures)sent.Features.Value);
        });
    }

    [Fact]
    public void V12_V13_V14_Playback_IsPeriodsWithTheTailLastAndNoOtherRoom()
    {
        JudgeDevice judge = Unpolled();
        JudgeRig.Run(judge, async (rig, driver) =>
        {
            await using PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, Period, 8);
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            await playback.WriteAsync(new byte[((3 * Period) + 17) * FrameBytes]);
            ValueTask<PcmError> drain = playback.DrainAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(10), rig.Clock);
            judge.Complete(VirtioSoundQueues.Playback, 0x8000, 0);
            Assert.Equal(PcmError.None, await drain);
            (ushort, long, long) whole = (VirtioSoundQueues.Playback, 4 + (Period * FrameBytes), 8);
            Assert.Equal([whole, whole, whole, (VirtioSoundQueues.Playback, 4 + (17 * FrameBytes), 8)], Of(judge, VirtioSoundQueues.Playback));
        });
    }

    [Fact]
    public void V15_V16_Capture_IsFilledWithEmptyPeriodsBeforeStart()
    {
        JudgeDevice judge = Unpolled();
        int atStart = -1;
        judge.Twist = (request, honest) =>
        {
            atStart = request[0] == 4 && request[1] == 1 ? Of(judge, VirtioSoundQueues.Capture).Length : atStart;
            return honest;
        };
        JudgeRig.Run(judge, async (_, driver) =>
        {
            await using PcmSubstream capture = await JudgeRig.OpenAsync(driver, PcmDirection.Capture, Period, 4);
            (await capture.PrepareAsync()).ThrowIfError("prepare");
            Assert.Equal(PcmError.None, await capture.StartAsync());
            Assert.All(Of(judge, VirtioSoundQueues.Capture), static m => Assert.Equal((VirtioSoundQueues.Capture, 4L, (long)(Period * FrameBytes) + 8), m));
        });
        Assert.Equal(4, atStart);
    }

    [Fact]
    public void V21_V22_Commands_OfALife_AreInTheOnlyLegalOrder()
    {
        JudgeDevice judge = Unpolled();
        JudgeRig.Run(judge, async (_, driver) =>
        {
            PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, Period, 4);
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            await playback.WriteAsync(new byte[2 * Period * FrameBytes]);   // starts
            await playback.PauseAsync(enable: true);
            await playback.PauseAsync(enable: false);
            await playback.DropAsync();
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            playback.SetSwParams(playback.GetSwParams() with { StartThreshold = playback.Runtime!.Boundary }).ThrowIfError("sw_params");
            await playback.WriteAsync(new byte[Period * FrameBytes]);       // queued, and not started
            await playback.CloseAsync();
        });
        VirtioSoundRequest[] life = [.. judge.Codes.Where(static c => c != VirtioSoundRequest.PcmInfo)];
        Assert.Equal(
            [
                VirtioSoundRequest.PcmSetParams, VirtioSoundRequest.PcmPrepare, VirtioSoundRequest.PcmStart, VirtioSoundRequest.PcmStop, VirtioSoundRequest.PcmStart,
                VirtioSoundRequest.PcmStop, VirtioSoundRequest.PcmRelease, VirtioSoundRequest.PcmPrepare, VirtioSoundRequest.PcmRelease,
            ],
            life);
    }

    [Theory]
    [InlineData(0x8001u, PcmError.InvalidArgument)]
    [InlineData(0x8002u, PcmError.NotSupported)]
    [InlineData(0x8003u, PcmError.IO)]
    [InlineData(0x8004u, PcmError.InvalidArgument)]
    [InlineData(0u, PcmError.InvalidArgument)]
    public void V25_Status_EachCode_IsTheErrno(uint status, PcmError expected)
    {
        var judge = new JudgeDevice();
        JudgeRig.Run(judge, async (_, driver) =>
        {
            await using PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, Period, 4);
            judge.Twist = (_, _) => BitConverter.GetBytes(status);
            Assert.Equal(expected, await playback.PrepareAsync());
            judge.Twist = static (_, honest) => honest;
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(35)]
    public void V62_Query_ShortAnswer_IsNotFilledUpWithWhatLayThere(int bytes)
    {
        var judge = new JudgeDevice { Streams = [JudgeDevice.Stream(PcmDirection.Playback)], Twist = (_, honest) => honest[..bytes] };
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            var transport = new InProcessTransport(judge, clock.Scheduler);
            VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(
                () => VirtioSoundDriver.ProbeAsync(transport, "judge", new PcmServices(clock, clock.Scheduler), cancellationToken: TestContext.Current.CancellationToken).AsTask());
            Assert.Equal(PcmError.IO, e.Error);
        });
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(7u)]
    [InlineData(8u)]
    [InlineData(8u + 1000)]
    [InlineData(uint.MaxValue)]
    public void V26_Capture_AnyUsedLength_IsWholePeriodsWithSilenceBehind(uint used)
    {
        JudgeDevice judge = Unpolled();
        JudgeRig.Run(judge, async (rig, driver) =>
        {
            await using PcmSubstream capture = await JudgeRig.OpenAsync(driver, PcmDirection.Capture, Period, 4);
            (await capture.PrepareAsync()).ThrowIfError("prepare");
            (await capture.StartAsync()).ThrowIfError("start");
            capture.Runtime!.Buffer!.Span.Fill(0x77);
            judge.Complete(VirtioSoundQueues.Capture, 0x8000, 0, used);
            await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Clock);
            long captured = Math.Clamp((long)used - 8, 0, Period * FrameBytes) / FrameBytes * FrameBytes;
            Assert.Equal(PcmError.XRun, capture.GetAvail(out _)); // all four at once is the whole ring
            Span<byte> period = capture.Runtime.Buffer.Span[..(Period * FrameBytes)];
            Assert.All(period[..(int)captured].ToArray(), static b => Assert.Equal(0x77, b));
            Assert.All(period[(int)captured..].ToArray(), static b => Assert.Equal(0, b));
        });
    }

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(4003u, 1000)]
    [InlineData(8u * Period * FrameBytes, 8 * Period)]
    [InlineData((8u * Period * FrameBytes) + 4, 0)]
    [InlineData(uint.MaxValue, 0)]
    public void V27_Latency_AnyNumber_IsWholeFramesOfAtMostTheRing(uint latency, int frames)
    {
        JudgeDevice judge = Unpolled();
        JudgeRig.Run(judge, async (rig, driver) =>
        {
            await using PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, Period, 8);
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            await playback.WriteAsync(new byte[Period * FrameBytes]);
            await playback.WriteAsync(new byte[Period * FrameBytes / 2]);
            judge.Complete(VirtioSoundQueues.Playback, 0x8000, latency);
            await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Clock);
            Assert.Equal(frames, playback.Runtime!.DelayFrames);
        });
    }

    [Fact]
    public void V28_StreamInfo_Nonsense_LeavesThatStreamOut()
    {
        VirtioSoundPcmInfo good = JudgeDevice.Stream(PcmDirection.Playback);
        var judge = new JudgeDevice
        {
            Streams =
            [
                good with { ChannelsMin = 0 }, good with { ChannelsMin = 3 }, good with { Formats = 1UL << 40 }, good with { Rates = 1UL << 20 },
                good with { Direction = 2 }, good with { Formats = 1 }, good,
            ],
        };
        JudgeRig.Run(judge, static (_, driver) =>
        {
            PcmDevice device = Assert.Single(driver.Card.Devices);
            Assert.Single(device.Playback);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void V29_ChannelMap_Nonsense_IsClampedOrLeftOut()
    {
        var odd = new VirtioSoundChmapInfo { Channels = 200 };
        odd.Positions[0] = 3;
        odd.Positions[1] = 37;
        var judge = new JudgeDevice
        {
            Maps = [odd, new VirtioSoundChmapInfo { Channels = 1, HdaFunctionNode = 99 }, new VirtioSoundChmapInfo { Channels = 2, Direction = 7 }, default],
        };
        JudgeRig.Run(judge, static (_, driver) =>
        {
            PcmChannelMap map = Assert.Single(driver.Card.Devices[0].ChannelMaps(PcmDirection.Playback));
            Assert.Equal((18, PcmChannelPosition.FrontLeft, PcmChannelPosition.Unknown), (map.Channels, map.Positions[0], map.Positions[1]));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void V30_ControlInfo_Nonsense_LeavesThatElementOut()
    {
        VirtioSoundControlInfo Named(string name, uint type, uint count, uint items = 0)
        {
            var info = new VirtioSoundControlInfo { Type = type, Count = count, EnumeratedItems = items, Access = 3 };
            System.Text.Encoding.ASCII.GetBytes(name, info.Name);
            return info;
        }

        VirtioSoundControlInfo endless = Named("x", 0, 1);
        endless.Name.Fill((byte)'a');
        VirtioSoundControlInfo foreign = Named("x", 0, 1);
        foreign.Name[0] = 0xE4;
        var judge = new JudgeDevice
        {
            Offered = VirtioFeatures.SoundControls,
            Controls =
            [
                Named("type", 6, 1), Named("none", 0, 0), Named("many", 0, 129), Named("wide", 2, 65), Named("iec", 5, 2), Named("items", 3, 1, 0), Named("items", 3, 1, 1025),
                Named("", 0, 1), endless, foreign, Named("good", 4, 512), Named("good", 0, 1),
            ],
        };
        JudgeRig.Run(judge, static (_, driver) =>
        {
            Assert.Equal(("good", 512, 10u), (Assert.Single(driver.Controls).Name, driver.Controls[0].Count, driver.Controls[0].Id));
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void V31_Counts_Absurd_FailTheProbeBeforeAnythingIsAllocated(int index)
    {
        uint[] counts = [0, 1, 0, 0];
        counts[index] = uint.MaxValue;
        var judge = new JudgeDevice { Counts = counts };
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            var transport = new InProcessTransport(judge, clock.Scheduler);
            VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(
                () => VirtioSoundDriver.ProbeAsync(transport, "judge", new PcmServices(clock, clock.Scheduler), cancellationToken: TestContext.Current.CancellationToken).AsTask());
            Assert.Contains("4294967295", e.Message, StringComparison.Ordinal);
            Assert.Empty(judge.Requests);
        });
    }

    [Fact]
    public void V32_Events_Nonsense_AreIgnoredAndTheBufferComesBack()
    {
        JudgeDevice judge = Unpolled();
        JudgeRig.Run(judge, async (rig, driver) =>
        {
            await using PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, Period, 8);
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            await playback.WriteAsync(new byte[4 * Period * FrameBytes]);
            int before = judge.Messages.Count(static m => m.Queue == VirtioSoundQueues.Event);
            (uint Code, uint Data, uint Used)[] nonsense =
                [(0, 0, 8), (0x1000, 0, 8), (0x1101, 2, 8), (0x1101, uint.MaxValue, 8), (0x1200, 0xFFFF_0000, 8), (0xFFFF, 1, 8), (0x1101, 0, 7), (0x1101, 0, 0)];
            foreach ((uint code, uint data, uint used) in nonsense)
            {
                judge.Tell(code, data, used);
                await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Clock);
            }

            Assert.Equal(PcmState.Running, playback.State);
            Assert.Equal(before + nonsense.Length, judge.Messages.Count(static m => m.Queue == VirtioSoundQueues.Event));
            judge.Tell(0x1101, 0);
            await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Clock);
            Assert.Equal(PcmState.XRun, playback.State);
        });
    }

    [Fact]
    public void PeriodEvent_WhilePlaying_WakesWhoWaits()
    {
        JudgeDevice judge = Unpolled();
        JudgeRig.Run(judge, async (rig, driver) =>
        {
            await using PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, Period, 4);
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            await playback.WriteAsync(new byte[4 * Period * FrameBytes]);
            judge.Tell(0x1100, 0);
            judge.Tell(0x1100, 9);
            await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Clock);
            Assert.Equal((PcmState.Running, 0L), (playback.State, playback.Runtime!.HardwarePosition)); // an event moves no position
        });
    }

    [Fact]
    public void V33_NeedsReset_MidStream_EndsTheRunAndNothingUsesTheOldParameters()
    {
        JudgeDevice judge = Unpolled();
        JudgeRig.Run(judge, async (rig, driver) =>
        {
            await using PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, Period, 4);
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            await playback.WriteAsync(new byte[2 * Period * FrameBytes]);
            int requests = judge.Requests.Count, messages = judge.Messages.Count(static m => m.Queue == VirtioSoundQueues.Playback);
            judge.Fail();
            await Task.Delay(TimeSpan.FromSeconds(5), rig.Clock);
            Assert.NotEqual(PcmState.Running, playback.State);
            Assert.NotEqual(PcmError.None, (await playback.WriteAsync(new byte[Period * FrameBytes])).Error);
            Assert.Equal(messages, judge.Messages.Count(static m => m.Queue == VirtioSoundQueues.Playback));
            Assert.All(judge.Codes.Skip(requests), static code => Assert.False(code is VirtioSoundRequest.PcmPrepare or VirtioSoundRequest.PcmStart));
        });
    }

    [Fact]
    public void Answer_AfterTheTimeOut_IsSwallowedAndTheSlotComesBack()
    {
        var judge = new JudgeDevice();
        var log = new CollectedLog();
        JudgeRig.Run(
            judge,
            async (_, driver) =>
            {
                await using PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, Period, 4);
                judge.Twist = static (_, _) => null;
                Assert.Equal(PcmError.TimedOut, await playback.PrepareAsync());
                Assert.Equal(1, driver.Control.AbandonedSlots);
                judge.Twist = static (_, honest) => honest;
                Assert.Equal(PcmError.None, await playback.PrepareAsync());
            },
            log);
        string line = Assert.Single(log.Lines, static l => l.StartsWith("The device did not answer PcmPrepare", StringComparison.Ordinal));
        Assert.Contains("queue 0", line, StringComparison.Ordinal);
        Assert.Contains("available index", line, StringComparison.Ordinal);
        Assert.Contains("used index", line, StringComparison.Ordinal);
    }

    private static (ushort Queue, long Readable, long Writable)[] Of(JudgeDevice judge, ushort queue) => [.. judge.Messages.Where(m => m.Queue == queue)];

    /// <summary>A device that does not poll, so that it looks when it is notified.</summary>
    private static JudgeDevice Unpolled() => new()
    {
        Streams = [JudgeDevice.Stream(PcmDirection.Playback) with { Features = 0x10 }, JudgeDevice.Stream(PcmDirection.Capture) with { Features = 0x10 }],
    };
}
