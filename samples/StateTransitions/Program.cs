using Pcm;
using Pcm.Backends.Null;
using Pcm.Testing;
using StateTransitions;

// What an application may do, in any order, on a backend of yours and on the kit's independent model: the answers and the states must be the same.
const int Sequences = 500;
var generator = new PcmSequenceGenerator(new Random(1)) { MaxFrames = Transitions.PeriodFrames * Transitions.Periods };
for (int i = 0; i < Sequences; i++)
{
    IReadOnlyList<PcmStep> sequence = generator.Next();
    if (Transitions.FindDifference(CreateBackend, sequence) is not null)
    {
        sequence = PcmShrinker.Shrink(sequence, s => Transitions.FindDifference(CreateBackend, s) is not null, static s => s.Simplify());
        Console.Error.WriteLine($"{string.Join(' ', sequence)}: {Transitions.FindDifference(CreateBackend, sequence)}");
        return 1;
    }
}

Console.WriteLine($"{Sequences} sequences, no difference");
return 0;

static PcmBackend CreateBackend() => new NullBackend("null");
