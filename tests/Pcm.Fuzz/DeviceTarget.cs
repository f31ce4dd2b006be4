namespace Pcm.Fuzz;

/// <summary>The sound device before a hostile driver: requests and messages that are nearly right, and rings that are scribbled on.</summary>
internal sealed class DeviceTarget : FuzzTarget
{
    private const int Kinds = 24;

    private readonly DeviceRig?[] _rigs = new DeviceRig?[4];

    internal enum Step
    {
        SetParams, Prepare, Start, Stop, Release, Play, Capture, Time, Query, Element, EventBuffer, Raw, Kick, Jack, Control, Take,
        Spurious, Payload, Ring, Descriptor, NearParams, NearPlay, QueueReset, Index,
    }

    public override string Name => "device";

    /// <summary>Messages that the device carried out. A fuzzer whose messages are all refused finds nothing.</summary>
    public long Done => _rigs.Sum(static rig => rig?.Done ?? 0);

    public override FuzzOp[] Generate(ulong seed)
    {
        var random = new FuzzRandom(seed);
        var steps = new FuzzOp[3 + random.Below(22)];
        steps[0] = new FuzzOp((byte)random.Below(4), 0, 0, 0);
        bool scribbles = random.Below(4) == 0;
        for (int i = 1; i < steps.Length; i++)
        {
            // The start of a life more often than not, or nothing would ever run.
            int kind = i <= 3 && random.Below(4) != 0 ? i - 1 : random.Below(Kinds);
            bool isScribble = (Step)kind is Step.Ring or Step.Descriptor or Step.Index;
            steps[i] = new FuzzOp((byte)(isScribble && !scribbles ? (int)Step.Play : kind), random.Interesting(), random.Interesting(), random.Next32());
        }

        return steps;
    }

    public override void Run(ReadOnlySpan<FuzzOp> steps)
    {
        int flavour = steps[0].Kind % _rigs.Length;
        (_rigs[flavour] ??= new DeviceRig(flavour)).Run(steps[1..]);
    }

    public override string Describe(in FuzzOp step) => ((Step)(step.Kind % Kinds)).ToString();

    public override void Discard()
    {
        foreach (DeviceRig? rig in _rigs)
        {
            rig?.Dispose();
        }

        Array.Clear(_rigs);
    }
}
