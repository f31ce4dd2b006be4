using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Pcm;
using Pcm.Samples.CustomBackend;
using Pcm.Testing;

const int PeriodFrames = 480;
short[] levels = [8192, 16384, 24576, 32767, 16384]; // of one period each; the last is half a period long
const string Expected = "480:0.25 480:0.50 480:0.75 480:1.00 240:0.50";

#region main
var readings = new List<MeterReading>();
var clock = new VirtualClock();
var services = new ServiceCollection();
services.AddSingleton<TimeProvider>(clock).AddSingleton(clock.Scheduler);
services.AddPcm().AddMeter("meter", readings.Add);

clock.Run(async () =>
{
    await using ServiceProvider provider = services.BuildServiceProvider();
    PcmCard card = await provider.GetRequiredService<PcmCards>().GetCardAsync("meter");
    await using PcmSubstream playback = (await card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
    var wanted = new PcmHwParams { Format = PcmFormat.S16LE, Channels = 1, Rate = 48000, PeriodFrames = PeriodFrames, Periods = 4 };
    (await playback.HwParamsAsync(wanted)).ThrowIfError("hw_params");
    (await playback.PrepareAsync()).ThrowIfError("prepare");
    (await playback.WriteAsync(Square(levels))).Error.ThrowIfError("write");
    (await playback.DrainAsync()).ThrowIfError("drain");
});
#endregion

string heard = string.Join(' ', readings.Select(static r => string.Create(CultureInfo.InvariantCulture, $"{r.Frames}:{r.Peak:F2}")));
Console.WriteLine($"{heard} in {clock.Elapsed.TotalMilliseconds} ms");
if (heard != Expected)
{
    Console.Error.WriteLine($"expected {Expected}");
    return 1;
}

return 0;

static byte[] Square(ReadOnlySpan<short> levels)
{
    byte[] samples = new byte[((levels.Length * PeriodFrames) - (PeriodFrames / 2)) * sizeof(short)];
    for (int frame = 0; frame < samples.Length / sizeof(short); frame++)
    {
        short level = levels[frame / PeriodFrames];
        BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan(frame * sizeof(short)), frame % 100 < 50 ? level : (short)-level);
    }

    return samples;
}
