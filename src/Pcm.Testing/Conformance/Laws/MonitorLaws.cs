namespace Pcm.Testing.Conformance;

/// <summary>Laws that hold at any time: watched by <see cref="CheckingOps"/> while sequences of all kinds run.</summary>
internal static class MonitorLaws
{
    public const string PointerInRange = "pointer-in-range";
    public const string PointerMonotonic = "pointer-monotonic";
    public const string PlainOpsDoNotThrow = "plain-ops-do-not-throw";
    public const string PlainOpsDoNotWait = "plain-ops-do-not-wait";
    public const string WaitingOpsDoNotThrow = "waiting-ops-do-not-throw";
    public const string CallbacksDoNotThrow = "callbacks-do-not-throw";
    public const string AnswersAreErrnos = "answers-are-errnos";
    public const string StopCannotFail = "stop-cannot-fail";
    public const string SyncStopSucceeds = "sync-stop-succeeds";
    public const string FreeingSucceeds = "freeing-succeeds";
    public const string AckAbsorbs = "ack-absorbs";
    public const string CopiesSucceed = "copies-succeed";
    public const string RewindableNotNegative = "rewindable-not-negative";
    public const string SignalContext = "signal-context";
    public const string NoSignalAtRest = "no-signal-at-rest";
    public const string NoSignalAfterClose = "no-signal-after-close";
    public const string DelayIsSane = "delay-is-sane";
    public const string VerbsEnd = "verbs-end";
    public const string HardwareStable = "hardware-stable";
    public const string ParametersUntouched = "parameters-untouched";
    public const string BufferFits = "buffer-fits";

    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        Law("context", VerbsEnd, "Every verb of an application comes back, whatever came before it.", "PcmOps: may wait, but ends"),
        Law("context", PlainOpsDoNotThrow, "GetPointer, Ack, the copies and FillSilence never throw.", "PcmOps.GetPointer, Context"),
        Law("context", PlainOpsDoNotWait, "GetPointer and Ack take no time.", "PcmOps.GetPointer, Context: under the stream lock"),
        Law("context", WaitingOpsDoNotThrow, "An op that may wait answers an errno; it throws only for a cancellation that was asked for.", "PcmOps, remarks: what is thrown becomes EIO"),
        Law("context", CallbacksDoNotThrow, "Nothing is thrown out of a backend's own timers and callbacks.", ".NET: an exception there ends the process"),
        Law("context", AnswersAreErrnos, "An op answers 0 or a negative errno that PcmError knows, never a positive number.", "kernel: a positive result of trigger is a failure alone and a success in a group"),
        Law("context", SignalContext, "PeriodElapsed and its kin are never called from inside GetPointer or Ack.", "PcmRuntime.PeriodElapsed, Context; kernel: the stream lock is not recursive"),
        Law("context", ParametersUntouched, "HwParamsAsync leaves the chosen parameters as they are.", "PcmOps.HwParamsAsync: not to be changed"),
        Law("hardware", HardwareStable, "Opening a stream does not change what its hardware can do.", "PcmOps.Hardware: read once at the start of each open"),
        Law("setup", BufferFits, "AllocateBuffer gives at least the bytes asked for.", "PcmOps.AllocateBuffer"),
        Law("setup", FreeingSucceeds, "hw_free and close answer success.", "PcmOps.HwFreeAsync: the state becomes OPEN all the same"),
        Law("pointer", PointerInRange, "GetPointer is in [0 .. BufferFrames).", "PcmPosition.Frame; kernel: an invalid position counts as 0"),
        Law("pointer", PointerMonotonic, "GetPointer never goes back, and never goes further than time and one period allow.", "PcmOps.GetPointer; kernel: a position behind the last one counts as a whole lap"),
        Law("pointer", DelayIsSane, "DelayFrames stays below a minute of audio.", "PcmRuntime.DelayFrames"),
        Law("stop", StopCannotFail, "STOP and SUSPEND answer success, also for hardware that never started.", "PcmOps.TriggerAsync"),
        Law("stop", SyncStopSucceeds, "SyncStopAsync answers success when nothing was cancelled.", "PcmOps.SyncStopAsync: its failure is ignored, so it must not need one"),
        Law("stop", NoSignalAtRest, "Nothing is signalled before the first start after a prepare, nor after a stop was synchronized.", "PcmOps.SyncStopAsync: no callback of this session may run"),
        Law("stop", NoSignalAfterClose, "Nothing is signalled for a session that is closed.", "PcmOps.CloseAsync; kernel: a late interrupt meets freed memory"),
        Law("transfer", AckAbsorbs, "Ack of new frames succeeds in every state; a full queue takes the rest later.", "PcmOps.Ack: absorb \"queue full\""),
        Law("transfer", CopiesSucceed, "CopyToRing, CopyFromRing and FillSilence succeed inside the ring.", "PcmOps.CopyToRing"),
        Law("transfer", RewindableNotNegative, "GetRewindable is not negative.", "PcmOps.GetRewindable"),
    ];

    public static PcmLaw Find(string name) => All.First(l => l.Name == name);

    private static PcmLaw Law(string area, string name, string statement, string source) => new(area, name, statement, source, scenario: null);
}
