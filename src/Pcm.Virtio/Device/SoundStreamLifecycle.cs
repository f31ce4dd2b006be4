using System.Runtime.CompilerServices;
using Stateless;
using Stateless.Graph;
using Stateless.Reflection;

namespace Pcm.Virtio;

/// <summary>
/// The command machine of a PCM stream. virtio 5.14.6.6.1 lists, for each command, the commands that may follow it:
/// <code>
/// SET_PARAMS -> SET_PARAMS, PREPARE                       PREPARE -> SET_PARAMS, PREPARE, START, RELEASE
/// START      -> STOP        STOP -> START, RELEASE        RELEASE -> SET_PARAMS, PREPARE
///
///                    SET_PARAMS                 PREPARE
///                      +----+                   +----+
///                      v    |                   v    |
///  Idle -SET_PARAMS-> Configured -PREPARE----> Prepared --START--> Running -STOP-> Stopped
///                      ^    ^                   ^ |  |                ^              | |
///                      |    +----SET_PARAMS-----|-+  |                +----START-----+ |
///                  SET_PARAMS                PREPARE |RELEASE                          |
///                      |                        |    v                                 |
///                      +------------------------ Released &lt;----------RELEASE-----------+
/// </code>
/// The text names no first state: a stream that was never configured takes SET_PARAMS only. A reset leads to Idle from everywhere.
/// As in the core, commands are checked against the derived table, carried out, and committed last (D2); one machine serves all streams.
/// </summary>
/// <remarks>Thread safety: the device's executor only; table and machine are shared by all devices and constant.</remarks>
internal sealed class SoundStreamLifecycle
{
    public const int StateCount = 6;
    public const int CommandCount = 7;

    /// <summary>Destination of a command that is refused.</summary>
    public const byte Refused = 0xFF;

    private static readonly byte[] s_table = BuildTable();

    private static readonly StateMachine<Node, SoundStreamCommand> s_machine =
        Configure(static () => s_fired?.State ?? SoundStreamState.Idle, static node => s_fired!.State = node);

    /// <summary>The stream that this thread fires the machine for.</summary>
    [ThreadStatic]
    private static SoundStreamLifecycle? s_fired;

    public SoundStreamState State { get; private set; }

    /// <summary>The derived table: destination per state and command, or <see cref="Refused"/>.</summary>
    public static ReadOnlySpan<byte> Table => s_table;

    /// <summary>Messages of the driver are taken: the stream is prepared and not released.</summary>
    public bool TakesMessages => State is SoundStreamState.Prepared or SoundStreamState.Running or SoundStreamState.Stopped;

    public bool Permits(SoundStreamCommand command) => s_table[((int)State * CommandCount) + (int)command] != Refused;

    /// <summary>Moves the state; <see cref="Permits"/> was checked.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // as in the core: keeps a copy of the machine out of every caller
    public void Commit(SoundStreamCommand command)
    {
        s_fired = this;
        try
        {
            s_machine.Fire(command); // FiringMode.Immediate: done when it returns, on this thread
        }
        finally
        {
            s_fired = null;
        }
    }

    /// <summary>The machine as a Mermaid diagram.</summary>
    public static string Graph() => MermaidGraph.Format(Configure(() => SoundStreamState.Idle, _ => { }).GetInfo(), MermaidGraphDirection.LeftToRight);

    /// <summary>The one definition of states and commands.</summary>
    internal static StateMachine<Node, SoundStreamCommand> Configure(Func<Node> read, Action<Node> write)
    {
        var machine = new StateMachine<Node, SoundStreamCommand>(read, write, FiringMode.Immediate);

        machine.Configure(SoundStreamState.Idle)
            .Permit(SoundStreamCommand.SetParams, SoundStreamState.Configured)
            .PermitReentry(SoundStreamCommand.Reset);

        machine.Configure(SoundStreamState.Configured)
            .PermitReentry(SoundStreamCommand.SetParams)
            .Permit(SoundStreamCommand.Prepare, SoundStreamState.Prepared)
            .Permit(SoundStreamCommand.Reset, SoundStreamState.Idle);

        machine.Configure(SoundStreamState.Prepared)
            .Permit(SoundStreamCommand.SetParams, SoundStreamState.Configured)
            .PermitReentry(SoundStreamCommand.Prepare)
            .Permit(SoundStreamCommand.Start, SoundStreamState.Running)
            .Permit(SoundStreamCommand.Release, SoundStreamState.Released)
            .Permit(SoundStreamCommand.Reset, SoundStreamState.Idle);

        machine.Configure(SoundStreamState.Running)
            .Permit(SoundStreamCommand.Stop, SoundStreamState.Stopped)
            .PermitReentry(SoundStreamCommand.Restart)
            .Permit(SoundStreamCommand.Reset, SoundStreamState.Idle);

        machine.Configure(SoundStreamState.Stopped)
            .Permit(SoundStreamCommand.Start, SoundStreamState.Running)
            .Permit(SoundStreamCommand.Release, SoundStreamState.Released)
            .Permit(SoundStreamCommand.Reset, SoundStreamState.Idle);

        machine.Configure(SoundStreamState.Released)
            .Permit(SoundStreamCommand.SetParams, SoundStreamState.Configured)
            .Permit(SoundStreamCommand.Prepare, SoundStreamState.Prepared)
            .Permit(SoundStreamCommand.Reset, SoundStreamState.Idle);

        return machine;
    }

    private static byte[] BuildTable()
    {
        var table = new byte[StateCount * CommandCount];
        Array.Fill(table, Refused);
        foreach (StateInfo state in Configure(() => SoundStreamState.Idle, _ => { }).GetInfo().States)
        {
            int row = (int)(SoundStreamState)(Node)state.UnderlyingState * CommandCount;
            foreach (FixedTransitionInfo transition in state.FixedTransitions)
            {
                table[row + (int)(SoundStreamCommand)transition.Trigger.UnderlyingTrigger] = (byte)(SoundStreamState)(Node)transition.DestinationState.UnderlyingState;
            }
        }

        return table;
    }

    /// <summary>A state as Stateless gets it, which would box an enum to compare it; as in the core's lifecycle.</summary>
    internal readonly record struct Node(SoundStreamState State)
    {
        public static implicit operator Node(SoundStreamState state) => new(state);

        public static implicit operator SoundStreamState(Node node) => node.State;

        /// <summary>Its name in diagrams.</summary>
        public override string ToString() => State.ToString();
    }
}
