using System.Buffers.Binary;
using Pcm.Backends;

namespace Pcm.Samples;

/// <summary>
/// Six strummed chords that climb an octave, in integers only: every machine makes the same bytes, so a checksum is enough
/// to see whether they came through a device unharmed.
/// </summary>
internal static class ChordSweep
{
    public const int Rate = 48000;
    public const int Channels = 2;

    /// <summary>A little over 3 s, and no multiple of any usual period: the last period is a partial one.</summary>
    public const int Frames = 144_137;

    private const int FrameBytes = Channels * sizeof(short);
    private const int BlockFrames = 480;
    private const int NotesPerChord = 4;
    private const int ChordFrames = 24_000;
    private const int StrumFrames = 1_200;    // between the notes of a chord: 25 ms
    private const int AttackFrames = 240;     // 5 ms
    private const int NotePeak = 12_000;      // four notes, panned: at most 2 * 12000 on a side
    private const int PanSteps = 8;

    // Millihertz: C major, D minor, E minor, F major, G major, and C major an octave up.
    private static ReadOnlySpan<int> Notes =>
    [
        261_626, 329_628, 391_995, 523_251,
        293_665, 349_228, 440_000, 587_330,
        329_628, 391_995, 493_883, 659_255,
        349_228, 440_000, 523_251, 698_456,
        391_995, 493_883, 587_330, 783_991,
        523_251, 659_255, 783_991, 1_046_502,
    ];

    // Eighths of a note's peak on the left: the lowest note sits there, the highest on the right.
    private static ReadOnlySpan<byte> LeftGain => [7, 5, 3, 1];

    /// <summary>Writes the whole sweep as a WAV.</summary>
    public static void WriteWav(Stream stream)
    {
        using var writer = new WavWriter(stream, new WavFormat(PcmFormat.S16LE, Channels, Rate));
        Span<byte> block = stackalloc byte[BlockFrames * FrameBytes];
        for (int frame = 0; frame < Frames; frame += BlockFrames)
        {
            Span<byte> part = block[..(Math.Min(BlockFrames, Frames - frame) * FrameBytes)];
            Fill(part, frame);
            writer.Write(part);
        }
    }

    private static void Fill(Span<byte> block, int firstFrame)
    {
        for (int at = 0; at < block.Length; at += FrameBytes)
        {
            (short left, short right) = Frame(firstFrame + (at / FrameBytes));
            BinaryPrimitives.WriteInt16LittleEndian(block[at..], left);
            BinaryPrimitives.WriteInt16LittleEndian(block[(at + sizeof(short))..], right);
        }
    }

    private static (short Left, short Right) Frame(int frame)
    {
        int chords = Notes.Length / NotesPerChord;
        int chord = Math.Min(frame / ChordFrames, chords - 1);
        int start = chord * ChordFrames;
        int end = chord == chords - 1 ? Frames : start + ChordFrames;
        int left = 0;
        int right = 0;
        for (int note = 0; note < NotesPerChord; note++)
        {
            int onset = start + (note * StrumFrames);
            if (frame < onset)
            {
                break;
            }

            int sample = Note(Notes[(chord * NotesPerChord) + note], frame - onset, end - onset);
            left += sample * LeftGain[note] / PanSteps;
            right += sample * (PanSteps - LeftGain[note]) / PanSteps;
        }

        return ((short)left, (short)right);
    }

    // A plucked sine: a short ramp up, then (1 - t)^2 down to nothing where the next chord begins.
    private static int Note(int milliHertz, int frame, int length)
    {
        long step = ((long)milliHertz << 32) / (Rate * 1000L);
        var phase = (uint)(step * frame);
        long left = length - frame;
        long level = NotePeak * left * left / ((long)length * length);
        level = level * Math.Min(frame, AttackFrames) / AttackFrames;
        return (int)(Sine(phase) * level >> 15);
    }

    // sin(phase / 2^32 turns) in Q15, within 0.05 %: the odd polynomial a x - b x^3 + c x^5 through the slope at 0, the peak and its slope,
    // with a = pi/2, b = pi - 5/2, c = pi/2 - 3/2 in Q15, and x a quarter turn in Q15.
    private static long Sine(uint phase)
    {
        const long A = 51_472;
        const long B = 21_024;
        const long C = 2_320;
        long x = (int)phase >> 15;                    // [-65536 .. 65536) for [-1/2 .. 1/2) turn
        x = x > 32_768 ? 65_536 - x : x < -32_768 ? -65_536 - x : x;
        long square = x * x >> 15;
        return x * (A - (square * (B - (square * C >> 15)) >> 15)) >> 15;
    }
}
