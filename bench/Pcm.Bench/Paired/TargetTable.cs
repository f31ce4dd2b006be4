using Pcm.Virtio;

namespace Pcm.Bench;

/// <summary>What is compared with what, and how good it shall be. The remark of a row says where its time goes; it is printed when the target is missed.</summary>
internal static class TargetTable
{
    private const int PeriodBytes = 4096;

    public static IEnumerable<PairedRow> Rows()
    {
        var pointer = new PointerRows();
        var split = new RingRow(VirtqueueKind.Split);
        var packed = new RingRow(VirtqueueKind.Packed);
        var virtio = new VirtioWriteRow();
        var nulls = new NullRows();
        Timed memcpy = Stopwatched.Native(static n => PcmNative.Memcpy(n, PeriodBytes), static n => (ulong)n * PeriodBytes);
        yield return InC("pointer: consistent snapshot, no lock", pointer.Snapshot, "C spin lock",
            Stopwatched.Native(PcmNative.PointerSpinlock, static n => 4096UL * (ulong)n), 0.35);
        yield return InC("pointer: consistent snapshot, no lock", pointer.Snapshot, "C atomic load",
            Stopwatched.Native(PcmNative.PointerAtomic, static n => 4096UL * (ulong)n), 2.5);
        yield return InC("completion and resubmission of a period, split ring", split.Period, "the same in C",
            Stopwatched.Native(PcmNative.SplitPeriod, static n => 1024UL * (ulong)n), 1.5);
        yield return new PairedRow("completion and resubmission of a period, packed ring", packed.Period, "our split ring", split.Period, null, 1.0, AllocatesNothing: true);
        yield return InC("write of 1024 frames, to the published descriptor and the kick", virtio.Write, "memcpy of 4096 B", memcpy, 1.5);
        yield return Asound("write of 1024 frames, null card", nulls.Write, "snd_pcm_writei",
            Stopwatched.Native(static n => PcmNative.AsoundWritei(n, 1024), static n => (ulong)n), 2.0);
        yield return Asound("avail by the positions as they stand", pointer.Avail, "snd_pcm_avail_update",
            Stopwatched.Native(PcmNative.AsoundAvailUpdate, static n => (ulong)n), 0.5);
        yield return Asound("avail after a look at the hardware", pointer.GetAvail, "snd_pcm_avail",
            Stopwatched.Native(PcmNative.AsoundAvail, static n => (ulong)n), null);
        yield return Asound("delay after a look at the hardware", pointer.GetDelay, "snd_pcm_delay",
            Stopwatched.Native(PcmNative.AsoundDelay, static n => (ulong)n), null);
        yield return Asound("stop, prepare, start, null card", nulls.Restart, "snd_pcm_drop, snd_pcm_prepare",
            Stopwatched.Native(PcmNative.AsoundRestart, static n => (ulong)n), 10, allocatesNothing: false);
    }

    private static PairedRow InC(string name, Timed run, string baselineName, Timed baseline, double target) =>
        new(name, run, baselineName, PcmNative.WhyMissing is null ? baseline : null, PcmNative.WhyMissing, target, AllocatesNothing: true);

    private static PairedRow Asound(string name, Timed run, string baselineName, Timed baseline, double? target, bool allocatesNothing = true) =>
        new(name, run, baselineName, PcmNative.WhyNoAsound is null ? baseline : null, PcmNative.WhyNoAsound, target, allocatesNothing);
}
