using CsCheck;
using Pcm.Testing;

namespace Pcm.Core.Tests.Transfer;

/// <summary>The look without a lock tells what a holder of the lock would see, and never half of what a holder changes.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void TryGetSnapshot_ClosedStream_IsFalse()
    {
        var card = new PcmCard("closed", "Closed", new PcmServices());
        PcmDevice device = card.AddDevice(new PcmDeviceDescription { Name = "closed", Playback = [new ManualOps()] });
        Assert.False(device.Playback[0].TryGetSnapshot(out PcmSnapshot snapshot));
        Assert.Equal((PcmState.Open, 0L, 0L, 0L), (snapshot.State, snapshot.ApplicationPosition, snapshot.HardwarePosition, snapshot.Avail));
    }

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void TryGetSnapshot_AfterAnySteps_EqualsWhatTheLockShows(PcmDirection direction) =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, ManualStream.BufferFrames]).Array[1, 60].Sample(
            steps =>
            {
                ManualStream stream = ManualStream.CreateRunning(direction);
                foreach ((int step, int frames) in steps)
                {
                    Take(stream, step, frames);
                    AssertEqualsLock(stream.Substream);
                }
            },
            iter: 100);

    [Fact]
    public void TryGetSnapshot_LinkedStreams_FollowsTheStreamFromGroupToGroup()
    {
        var card = new RecordedCard("pp");
        card.Clock.Run(async () =>
        {
            foreach (PcmSubstream stream in card.Streams)
            {
                Assert.Equal(PcmError.None, await stream.OpenAsync());
                Assert.Equal(PcmError.None, await stream.HwParamsAsync(RecordedCard.Request()));
            }

            Assert.Equal(PcmError.None, await card.Streams[0].LinkAsync(card.Streams[1]));
            Assert.Equal(PcmError.None, await card.Streams[1].PrepareAsync());
            AssertEqualsLock(card.Streams[0]);
            AssertEqualsLock(card.Streams[1]);
            Assert.Equal(PcmError.None, await card.Streams[1].UnlinkAsync());
            Assert.Equal(PcmError.None, await card.Streams[1].HwFreeAsync());
            AssertEqualsLock(card.Streams[0]);
            AssertEqualsLock(card.Streams[1]);
        });
    }

    /// <summary>
    /// One thread moves both positions by the same distance under one lock, again and again; whoever looks from beside must find the distance.
    /// </summary>
    [Fact]
    public void TryGetSnapshot_BesideAWriter_NeverSeesOnePositionMovedAlone()
    {
        const int Moves = 50_000;
        const int Ahead = 32;
        ManualStream stream = ManualStream.CreateRunning(PcmDirection.Playback);
        PcmSubstream substream = stream.Substream;
        substream.SetSwParams(substream.GetSwParams() with { StopThreshold = substream.Runtime!.Boundary }).ThrowIfError("sw_params");
        substream.Runtime.SignalFilter = static _ => false; // the hardware moves, and its interrupts are lost: only the look of sync_ptr sees it
        Move(stream, Ahead);
        using var started = new Barrier(2);
        bool done = false;
        var mover = new Thread(() =>
        {
            started.SignalAndWait();
            for (int i = 0; i < Moves; i++)
            {
                Move(stream, Ahead);
            }

            Volatile.Write(ref done, true);
        });
        mover.Start();
        started.SignalAndWait(TestContext.Current.CancellationToken);
        int looks = 0;
        var distances = new HashSet<long>();
        do
        {
            Assert.True(substream.TryGetSnapshot(out PcmSnapshot snapshot));
            distances.Add(snapshot.ApplicationPosition - snapshot.HardwarePosition);
            looks++;
        }
        while (!Volatile.Read(ref done) || looks < Moves);

        mover.Join();
        Assert.Equal([Ahead], distances);
    }

    [Fact]
    public void TryGetSnapshot_WhileTheLockIsHeld_TellsHowItWasBefore()
    {
        ManualStream stream = ManualStream.CreateRunning(PcmDirection.Playback);
        PcmSubstream substream = stream.Substream;
        long before = substream.Runtime!.ApplicationPosition;
        PcmStreamLock held = substream.EnterStream();
        PcmStreamLock again = substream.EnterStream();
        substream.Runtime.ApplicationPosition = before + 7;
        again.Exit(); // entered twice, left once
        Assert.True(substream.TryGetSnapshot(out PcmSnapshot snapshot));
        Assert.Equal(before, snapshot.ApplicationPosition);
        held.Exit();
        Assert.True(substream.TryGetSnapshot(out snapshot));
        Assert.Equal(before + 7, snapshot.ApplicationPosition);
    }

    [Fact]
    public void Enter_FromTwoThreads_KeepsTheSectionsApart()
    {
        const int Sections = 100_000;
        PcmSubstream substream = ManualStream.CreateRunning(PcmDirection.Playback).Substream;
        int counted = 0;
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < Sections; i++)
            {
                PcmStreamLock held = substream.EnterStream();
                counted++; // two threads at once would lose some
                held.Exit();
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Equal(2 * Sections, counted);
    }

    /// <summary>The hardware moves silently; the update and the application's step then happen under one lock.</summary>
    private static void Move(ManualStream stream, int ahead)
    {
        PcmSubstream substream = stream.Substream;
        long target = substream.Runtime!.HardwarePosition + 16;
        stream.Ops.Advance(16);
        substream.SyncPointer(
            new PcmSyncPointer { HwSync = true, ApplicationPosition = target + ahead }, out _).ThrowIfError("sync_ptr");
    }

    private static void Take(ManualStream stream, int step, int frames)
    {
        PcmSubstream substream = stream.Substream;
        switch (step)
        {
            case 0:
                stream.Ops.Advance(frames);
                break;
            case 1:
                substream.Rewind(frames, out _);
                break;
            case 2:
                substream.Forward(frames, out _);
                break;
            case 3:
                stream.Clock.Run(() => substream.PrepareAsync().AsTask());
                break;
            case 4:
                stream.Clock.Run(() => substream.StartAsync().AsTask());
                break;
            case 5:
                stream.Clock.Run(() => substream.PauseAsync(frames % 2 == 0).AsTask());
                break;
            default:
                stream.Transfer();
                break;
        }
    }

    private static void AssertEqualsLock(PcmSubstream substream)
    {
        Assert.True(substream.TryGetSnapshot(out PcmSnapshot snapshot));
        Assert.Equal(PcmError.None, substream.SyncPointer(default, out PcmPointers pointers));
        Assert.Equal(
            (pointers.State, pointers.ApplicationPosition, pointers.HardwarePosition, substream.Runtime!.Avail),
            (snapshot.State, snapshot.ApplicationPosition, snapshot.HardwarePosition, snapshot.Avail));
    }
}
