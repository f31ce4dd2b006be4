namespace Pcm.Bench;

/// <summary>What is compared with what, and how good it shall be. The remark of a row says where its time goes; it is printed when the target is missed.</summary>
internal static class TargetTable
{
    private const int PeriodBytes = 4096;

    private const string Snapshot = "A look is two loads of the version and one for each value that is used, without a call; an atomic load in a loop is one load, and the "
        + "processor has several of them under way at a time.";

    private const string Ring = "Near half of the row are three atomic operations, two locks and the publication, the same in both. The rest is by perf spread evenly over about "
        + "three times the instructions of the C, which has 158: slices come as spans of any length, are made of regions and checked there, the pool and the rings "
        + "check their indices, and what they store has to drain before the publication.";

    private const string Packed = "In C the two formats differ little, by the row below: as many steps in both, and near half of the time in the same atomic operations. Ours works "
        + "out laps, its end and the flags of first and last slot for messages of any length, where the split ring follows its links; fewer instructions in that loop were "
        + "tried and changed nothing.";

    private const string Write = "The same steps in C take 2.5 to 2.7 times the copy, by the rows below: the clock, two entries of the stream's lock and one of the queue's, and a full "
        + "fence, where the kernel's semantics have a look at the hardware before a running stream is written to, and give the lock away for the copy. There is one copy in "
        + "both. What ours takes on top is, by perf, spread evenly: checks of the transfer, ops called by table, an indirect table for each message, what snapshots read.";

    private const string Restart = "libasound's null PCM changes two words under a mutex. Of what is measured here, nine times the baseline, and all that is allocated, "
        + "some 900 bytes a verb, is the Stateless machine that each of the three verbs fires: it finds the one candidate of a trigger by LINQ, and a trigger that it is told to "
        + "ignore takes it three quarters as long. Moved by the derived table alone, the row takes 5.3 times the baseline: by perf, four looks at the clock and thirteen "
        + "atomic operations, of the gate, the stream's lock and the timer.";

    public static IEnumerable<PairedRow> Rows()
    {
        var pointer = new PointerRows();
        var split = new RingRow<SplitFormat>();
        var packed = new RingRow<PackedFormat>();
        var virtio = new VirtioWriteRow();
        var nulls = new NullRows();
        Timed memcpy = Stopwatched.Native(static n => PcmNative.Memcpy(n, PeriodBytes), static n => (ulong)n * PeriodBytes);
        yield return InC("pointer: consistent snapshot, no lock", pointer.Snapshot, "C spin lock",
            Stopwatched.Native(PcmNative.PointerSpinlock, static n => 4096UL * (ulong)n), 0.35, Snapshot);
        yield return InC("pointer: consistent snapshot, no lock", pointer.Snapshot, "C atomic load",
            Stopwatched.Native(PcmNative.PointerAtomic, static n => 4096UL * (ulong)n), 2.5, Snapshot);
        Timed splitInC = Stopwatched.Native(PcmNative.SplitPeriod, static n => 1024UL * (ulong)n);
        Timed packedInC = Stopwatched.Native(PcmNative.PackedPeriod, static n => 1024UL * (ulong)n);
        yield return InC("completion and resubmission of a period, split ring", split.Period, "the same in C", splitInC, 1.5, Ring);
        yield return new PairedRow("completion and resubmission of a period, packed ring", packed.Period, "our split ring", split.Period, null, 1.0, AllocatesNothing: true, Packed);
        yield return InC("completion and resubmission of a period, packed ring", packed.Period, "the same in C", packedInC, null);
        yield return InC("the same in C", packedInC, "split ring in C", splitInC, null);
        yield return InC("write of 1024 frames, to the published descriptor and the kick", virtio.Write, "memcpy of 4096 B", memcpy, 1.5, Write);
        yield return InC("write of 1024 frames, to the published descriptor and the kick", virtio.Write, "the same in C", WriteInC, null);
        yield return InC("the same in C", WriteInC, "memcpy of 4096 B", memcpy, null);
        yield return Asound("write of 1024 frames, null card", nulls.Write, "snd_pcm_writei",
            Stopwatched.Native(static n => PcmNative.AsoundWritei(n, 1024), static n => (ulong)n), 2.0);
        yield return Asound("avail by the positions as they stand", pointer.Avail, "snd_pcm_avail_update",
            Stopwatched.Native(PcmNative.AsoundAvailUpdate, static n => (ulong)n), 0.5);
        yield return Asound("avail after a look at the hardware", pointer.GetAvail, "snd_pcm_avail",
            Stopwatched.Native(PcmNative.AsoundAvail, static n => (ulong)n), null);
        yield return Asound("delay after a look at the hardware", pointer.GetDelay, "snd_pcm_delay",
            Stopwatched.Native(PcmNative.AsoundDelay, static n => (ulong)n), null);
        yield return Asound("stop, prepare, start, null card", nulls.Restart, "snd_pcm_drop, snd_pcm_prepare",
            Stopwatched.Native(PcmNative.AsoundRestart, static n => (ulong)n), 10, allocatesNothing: false, Restart);
    }

    private static double WriteInC(int count)
    {
        double took = PcmNative.Write(count);
        BenchStream.Require(took > 0);
        return took;
    }

    private static PairedRow InC(string name, Timed run, string baselineName, Timed baseline, double? target, string remark = "") =>
        new(name, run, baselineName, PcmNative.WhyMissing is null ? baseline : null, PcmNative.WhyMissing, target, AllocatesNothing: true, remark);

    private static PairedRow Asound(string name, Timed run, string baselineName, Timed baseline, double? target, bool allocatesNothing = true, string remark = "") =>
        new(name, run, baselineName, PcmNative.WhyNoAsound is null ? baseline : null, PcmNative.WhyNoAsound, target, allocatesNothing, remark);
}
