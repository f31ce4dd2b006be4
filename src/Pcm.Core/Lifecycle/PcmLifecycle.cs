using System.Runtime.CompilerServices;
using Stateless;
using Stateless.Graph;
using Stateless.Reflection;

namespace Pcm;

/// <summary>
/// The one definition of states and transitions: a Stateless machine, fired by each transition, and the table derived from it that the hot path asks.
/// Ops are never called from here: the core checks, calls the op, and only then commits (docs/LIFECYCLE.md).
/// One machine for each direction serves all streams, because one of its own would cost a session 18 KB: it keeps no state between two firings, and
/// finds the stream that it is fired for in <see cref="s_fired"/>.
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

    private static readonly StateMachine<Node, PcmTrigger>[] s_machines = [ForAll(PcmDirection.Playback), ForAll(PcmDirection.Capture)];

    /// <summary>The stream that this thread fires the machine for.</summary>
    [ThreadStatic]
    private static PcmLifecycle? s_fired;

    private readonly PcmDirection _direction;
    private readonly byte[] _table;
    private int _state;
    private int _suspendedState;

    public PcmLifecycle(PcmDirection direction)
    {
        _direction = direction;
        _table = s_tables[(int)direction];
    }

    public PcmState State => (PcmState)Volatile.Read(ref _state);

    /// <summary>The state before the last suspend; survives resume and prepare, as in the kernel.</summary>
    public PcmState SuspendedState => (PcmState)Volatile.Read(ref _suspendedState);

    /// <summary>The derived table of one direction: destination per state and trigger, or <see cref="Refused"/> or <see cref="Dynamic"/>.</summary>
    public static ReadOnlySpan<byte> Table(PcmDirection direction) => s_tables[(int)direction];

    /// <summary>Whether the machine has a transition for <paramref name="trigger"/> now. A table look-up.</summary>
    public bool Permits(PcmTrigger trigger) => _table[((int)State * TriggerCount) + (int)trigger] != Refused;

    /// <summary>Moves the state. The caller holds the stream lock and has checked <see cref="Permits"/> under it.</summary>
    /// <exception cref="InvalidOperationException">It is not permitted: a bug of the core.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)] // the JIT would copy the machine and its LINQ to every caller: a tenth of the row "stop, prepare, start"
    public void Commit(PcmTrigger trigger)
    {
        if (trigger == PcmTrigger.Suspend)
        {
            Volatile.Write(ref _suspendedState, (int)State);
        }

        s_fired = this;
        try
        {
            s_machines[(int)_direction].Fire(trigger); // FiringMode.Immediate: done when it returns, on this thread
        }
        finally
        {
            s_fired = null;
        }
    }

    /// <summary>The machine as a diagram; <paramref name="dot"/> selects Graphviz instead of Mermaid.</summary>
    public static string Graph(PcmDirection direction, bool dot)
    {
        StateMachineInfo info = Configure(direction, () => PcmState.Open, _ => { }, () => PcmState.Open).GetInfo();
        return dot ? UmlDotGraph.Format(info) : MermaidGraph.Format(info, MermaidGraphDirection.TopToBottom);
    }

    /// <summary>The whole lifecycle. Every state is configured, because Stateless adds an unconfigured one to a dictionary on read.</summary>
    internal static StateMachine<Node, PcmTrigger> Configure(
        PcmDirection direction, Func<Node> read, Action<Node> write, Func<Node> suspendedState)
    {
        var machine = new StateMachine<Node, PcmTrigger>(read, write, FiringMode.Immediate);

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

        StateMachine<Node, PcmTrigger>.StateConfiguration draining = machine.Configure(PcmState.Draining)
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

    private static StateMachine<Node, PcmTrigger> ForAll(PcmDirection direction) => // the constructor asks for a state too, for diagrams
        Configure(direction, static () => s_fired?.State ?? PcmState.Open, static node => Volatile.Write(ref s_fired!._state, (int)node.State), static () => s_fired!.SuspendedState);

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
            int row = (int)(PcmState)(Node)state.UnderlyingState * TriggerCount;
            foreach (FixedTransitionInfo transition in state.FixedTransitions)
            {
                table[row + (int)(PcmTrigger)transition.Trigger.UnderlyingTrigger] = (byte)(PcmState)(Node)transition.DestinationState.UnderlyingState;
            }

            foreach (DynamicTransitionInfo transition in state.DynamicTransitions)
            {
                table[row + (int)(PcmTrigger)transition.Trigger.UnderlyingTrigger] = Dynamic;
            }

            foreach (IgnoredTransitionInfo transition in state.IgnoredTriggers)
            {
                table[row + (int)(PcmTrigger)transition.Trigger.UnderlyingTrigger] = (byte)(PcmState)(Node)state.UnderlyingState;
            }
        }

        return table;
    }

    /// <summary>
    /// A state as Stateless gets it, which compares states by <see cref="object.Equals(object)"/>. An enum is boxed for that, both sides, fourteen times
    /// a firing; the Equals of a struct is inlined, and nothing is boxed: a quarter of the time and 336 bytes of each firing (row "stop, prepare, start").
    /// </summary>
    internal readonly record struct Node(PcmState State)
    {
        public static implicit operator Node(PcmState state) => new(state);

        public static implicit operator PcmState(Node node) => node.State;

        /// <summary>Its name in diagrams.</summary>
        public override string ToString() => State.ToString();
    }
}
