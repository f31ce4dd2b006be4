using Stateless;
using Stateless.Graph;
using Stateless.Reflection;

namespace Pcm;

/// <summary>
/// The one definition of states and transitions: a Stateless machine, and the table derived from it, which says what is permitted and where it leads.
/// Ops are never called from here: the core checks, calls the op, and only then commits (docs/LIFECYCLE.md).
/// The machine is asked once, when the table is made, and fired only by tests, which hold the two together for every state and trigger: it has no
/// guards and no actions, so firing it adds nothing to the table but, measured, 1.2 KB and two hundred times the time of a look-up for each
/// transition, and a machine of 18 KB to each session.
/// </summary>
/// <remarks>Thread safety: <see cref="State"/> and <see cref="Permits"/> from any thread; <see cref="Commit"/> under the stream lock.</remarks>
internal sealed class PcmLifecycle
{
    public const int StateCount = 9;
    public const int TriggerCount = 13;

    /// <summary>Destination of a transition that is not permitted.</summary>
    public const byte Refused = 0xFF;

    /// <summary>Destination that is not fixed: back to the state before the suspend (resume).</summary>
    public const byte Dynamic = 0xFE;

    private static readonly byte[][] s_tables = [BuildTable(PcmDirection.Playback), BuildTable(PcmDirection.Capture)];

    private readonly byte[] _table;
    private int _state;
    private int _suspendedState;

    public PcmLifecycle(PcmDirection direction) => _table = s_tables[(int)direction];

    public PcmState State => (PcmState)Volatile.Read(ref _state);

    /// <summary>The state before the last suspend; survives resume and prepare, as in the kernel.</summary>
    public PcmState SuspendedState => (PcmState)Volatile.Read(ref _suspendedState);

    /// <summary>The derived table of one direction: destination per state and trigger, or <see cref="Refused"/> or <see cref="Dynamic"/>.</summary>
    public static ReadOnlySpan<byte> Table(PcmDirection direction) => s_tables[(int)direction];

    /// <summary>Whether the machine has a transition for <paramref name="trigger"/> now. A table look-up.</summary>
    public bool Permits(PcmTrigger trigger) => _table[((int)State * TriggerCount) + (int)trigger] != Refused;

    /// <summary>Moves the state. The caller holds the stream lock and has checked <see cref="Permits"/> under it.</summary>
    /// <exception cref="InvalidOperationException">It is not permitted: a bug of the core.</exception>
    public void Commit(PcmTrigger trigger)
    {
        int destination = _table[((int)State * TriggerCount) + (int)trigger];
        if (destination == Refused)
        {
            throw new InvalidOperationException($"{trigger} is not permitted in {State}.");
        }

        if (trigger == PcmTrigger.Suspend)
        {
            Volatile.Write(ref _suspendedState, (int)State);
        }

        Volatile.Write(ref _state, destination == Dynamic ? _suspendedState : destination);
    }

    /// <summary>The machine as a diagram; <paramref name="dot"/> selects Graphviz instead of Mermaid.</summary>
    public static string Graph(PcmDirection direction, bool dot)
    {
        StateMachineInfo info = Configure(direction, () => PcmState.Open, _ => { }, () => PcmState.Open).GetInfo();
        return dot ? UmlDotGraph.Format(info) : MermaidGraph.Format(info, MermaidGraphDirection.TopToBottom);
    }

    /// <summary>The whole lifecycle. Every state is configured, because Stateless adds an unconfigured one to a dictionary on read.</summary>
    internal static StateMachine<PcmState, PcmTrigger> Configure(
        PcmDirection direction, Func<PcmState> read, Action<PcmState> write, Func<PcmState> suspendedState)
    {
        var machine = new StateMachine<PcmState, PcmTrigger>(read, write, FiringMode.Immediate);

        machine.Configure(PcmState.Open)
            .Permit(PcmTrigger.HwParams, PcmState.Setup)
            .PermitReentry(PcmTrigger.HwParamsFailed)
            .Permit(PcmTrigger.Disconnect, PcmState.Disconnected);

        machine.Configure(PcmState.Setup)
            .PermitReentry(PcmTrigger.HwParams)
            .Permit(PcmTrigger.HwParamsFailed, PcmState.Open)
            .Permit(PcmTrigger.HwFree, PcmState.Open)
            .Permit(PcmTrigger.Prepare, PcmState.Prepared)
            .PermitReentry(PcmTrigger.Stop)
            .Permit(PcmTrigger.XRun, PcmState.XRun) // a linked stream's xrun takes the whole group
            .Permit(PcmTrigger.Disconnect, PcmState.Disconnected);

        machine.Configure(PcmState.Prepared)
            .Permit(PcmTrigger.HwParams, PcmState.Setup)
            .Permit(PcmTrigger.HwParamsFailed, PcmState.Open)
            .Permit(PcmTrigger.HwFree, PcmState.Open)
            .PermitReentry(PcmTrigger.Prepare)
            .Permit(PcmTrigger.Start, PcmState.Running)
            .Permit(PcmTrigger.Drain, PcmState.Draining)
            .Permit(PcmTrigger.Stop, PcmState.Setup)
            .Permit(PcmTrigger.XRun, PcmState.XRun) // a write that leaves avail >= stop_threshold
            .Permit(PcmTrigger.Suspend, PcmState.Suspended)
            .Permit(PcmTrigger.Disconnect, PcmState.Disconnected);

        machine.Configure(PcmState.Running)
            .Permit(PcmTrigger.Drain, PcmState.Draining)
            .Permit(PcmTrigger.Stop, PcmState.Setup)
            .Permit(PcmTrigger.XRun, PcmState.XRun)
            .Permit(PcmTrigger.Pause, PcmState.Paused)
            .Permit(PcmTrigger.Suspend, PcmState.Suspended)
            .Permit(PcmTrigger.Disconnect, PcmState.Disconnected);

        machine.Configure(PcmState.XRun)
            .Permit(PcmTrigger.Prepare, PcmState.Prepared)
            .Permit(PcmTrigger.Stop, PcmState.Setup)
            .PermitReentry(PcmTrigger.XRun)
            .Permit(PcmTrigger.Suspend, PcmState.Suspended)
            .Permit(PcmTrigger.Disconnect, PcmState.Disconnected);

        StateMachine<PcmState, PcmTrigger>.StateConfiguration draining = machine.Configure(PcmState.Draining)
            .Permit(PcmTrigger.Stop, PcmState.Setup)
            .Permit(PcmTrigger.XRun, PcmState.XRun)
            .Permit(PcmTrigger.Suspend, PcmState.Suspended)
            .Permit(PcmTrigger.Disconnect, PcmState.Disconnected);
        if (direction == PcmDirection.Capture)
        {
            draining.Permit(PcmTrigger.Prepare, PcmState.Prepared); // the hardware is stopped already
        }

        machine.Configure(PcmState.Paused)
            .Permit(PcmTrigger.Unpause, PcmState.Running)
            .Permit(PcmTrigger.Stop, PcmState.Setup)
            .Permit(PcmTrigger.XRun, PcmState.XRun)
            .Permit(PcmTrigger.Suspend, PcmState.Suspended)
            .Permit(PcmTrigger.Disconnect, PcmState.Disconnected);

        machine.Configure(PcmState.Suspended)
            .Permit(PcmTrigger.Stop, PcmState.Setup)
            .Permit(PcmTrigger.XRun, PcmState.XRun)
            .PermitDynamic(PcmTrigger.Resume, suspendedState, "the state before the suspend", SuspendableStates())
            .Permit(PcmTrigger.Disconnect, PcmState.Disconnected);

        machine.Configure(PcmState.Disconnected)
            .Ignore(PcmTrigger.Disconnect);

        return machine;
    }

    private static DynamicStateInfos SuspendableStates()
    {
        var infos = new DynamicStateInfos();
        foreach (PcmState state in (ReadOnlySpan<PcmState>)[PcmState.Prepared, PcmState.Running, PcmState.XRun, PcmState.Draining, PcmState.Paused])
        {
            infos.Add(state, "suspended in " + state);
        }

        return infos;
    }

    private static byte[] BuildTable(PcmDirection direction)
    {
        var table = new byte[StateCount * TriggerCount];
        Array.Fill(table, Refused);
        StateMachineInfo info = Configure(direction, () => PcmState.Open, _ => { }, () => PcmState.Open).GetInfo();
        foreach (StateInfo state in info.States)
        {
            int row = (int)(PcmState)state.UnderlyingState * TriggerCount;
            foreach (FixedTransitionInfo transition in state.FixedTransitions)
            {
                table[row + (int)(PcmTrigger)transition.Trigger.UnderlyingTrigger] = (byte)(PcmState)transition.DestinationState.UnderlyingState;
            }

            foreach (DynamicTransitionInfo transition in state.DynamicTransitions)
            {
                table[row + (int)(PcmTrigger)transition.Trigger.UnderlyingTrigger] = Dynamic;
            }

            foreach (IgnoredTransitionInfo transition in state.IgnoredTriggers)
            {
                table[row + (int)(PcmTrigger)transition.Trigger.UnderlyingTrigger] = (byte)(PcmState)state.UnderlyingState;
            }
        }

        return table;
    }
}
