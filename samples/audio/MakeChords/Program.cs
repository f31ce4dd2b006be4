using Pcm.Samples;

if (args is not [var path])
{
    Console.Error.WriteLine("usage: dotnet run --project samples/audio/MakeChords -- OUT.wav");
    return 2;
}

try
{
    using FileStream file = File.Create(path);
    ChordSweep.WriteWav(file);
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"{path}: {error.Message}");
    return 1;
}

Console.WriteLine($"{path}: {ChordSweep.Frames} frames, {ChordSweep.Channels} channels, {ChordSweep.Rate} Hz, S16");
return 0;
