using Pcm.Backends;

namespace Pcm.Samples.PlayWav;

/// <summary>Whether two WAV files have the same audio; their headers may differ.</summary>
internal static class WavComparison
{
    private const int BlockFrames = 4096;

    public static (long Frames, bool Identical) Compare(string left, string right)
    {
        using FileStream leftFile = File.OpenRead(left);
        using FileStream rightFile = File.OpenRead(right);
        var leftReader = new WavReader(leftFile);
        var rightReader = new WavReader(rightFile);
        if (leftReader.Format.FrameBytes != rightReader.Format.FrameBytes)
        {
            return (0, false);
        }

        byte[] leftBlock = new byte[BlockFrames * leftReader.Format.FrameBytes];
        byte[] rightBlock = new byte[leftBlock.Length];
        int frames;
        while ((frames = leftReader.Read(leftBlock)) > 0)
        {
            int bytes = frames * leftReader.Format.FrameBytes;
            if (rightReader.Read(rightBlock) != frames || !leftBlock.AsSpan(0, bytes).SequenceEqual(rightBlock.AsSpan(0, bytes)))
            {
                return (leftReader.FramesRead, false);
            }
        }

        return (leftReader.FramesRead, rightReader.Read(rightBlock) == 0);
    }
}
