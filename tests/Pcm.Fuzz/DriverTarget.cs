using Pcm.Testing;
using Pcm.Virtio;

namespace Pcm.Fuzz;

/// <summary>
/// The driver before a hostile device. One case in eight is a whole life of the driver: probe, elements, streams, unload. The others are its queues
/// alone, on rigs that are kept, because that is where bytes are trusted or not.
/// </summary>
internal sealed class DriverTarget : FuzzTarget
{
    private const int LifeSteps = 40;
    private static readonly TimeSpan s_longestLife = TimeSpan.FromMinutes(10);

    private readonly QueueRig?[] _rigs = new QueueRig?[8];
    private bool _probed;
    private bool _ran;

    public override string Name => "driver";

    /// <summary>How far the lives came: probes that succeeded, streams that ran. A fuzzer that gets nowhere finds nothing.</summary>
    public (long Lives, long Probed, long Ran) Reached { get; private set; }

    public override FuzzOp[] Generate(ulong seed)
    {
        var random = new FuzzRandom(seed);
        bool isLife = seed % 8 == 0;
        var steps = new FuzzOp[1 + (isLife ? LifeSteps : 4 + random.Below(28))];
        steps[0] = new FuzzOp(isLife ? (byte)1 : (byte)0, random.Next32(), random.Interesting(), random.Next32());

        // A life with a lie in each answer would end at the first: most have few.
        int lies = isLife ? random.Below(4) == 0 ? 2 : 12 : 0;
        for (int i = 1; i < steps.Length; i++)
        {
            byte kind = isLife
                ? random.Below(lies) == 0 ? (byte)random.Below(HostileTransport.Kinds - 30) : (byte)(HostileTransport.Kinds - 1)
                : (byte)random.Below(QueueRig.Kinds);
            steps[i] = new FuzzOp(kind, random.Interesting(), random.Interesting(), random.Next32());
        }

        return steps;
    }

    public override void Run(ReadOnlySpan<FuzzOp> steps)
    {
        if (steps[0].Kind == 1)
        {
            RunLife(steps);
            return;
        }

        uint flavour = steps[0].A % (uint)_rigs.Length;
        QueueRig rig = _rigs[flavour] ??= new QueueRig(flavour);
        rig.Run(steps[1..]);
    }

    public override string Describe(in FuzzOp step) => $"{(HostileTransport.Lie)step.Kind} or {(QueueRig.Step)(step.Kind % QueueRig.Kinds)}";

    public override void Discard()
    {
        foreach (QueueRig? rig in _rigs)
        {
            rig?.Dispose();
        }

        Array.Clear(_rigs);
    }

    private void RunLife(ReadOnlySpan<FuzzOp> steps)
    {
        _probed = false;
        _ran = false;
        var clock = new VirtualClock();
        var transport = new HostileTransport(clock, steps);
        FuzzOp setup = steps[0];
        clock.Run(() => LiveAsync(clock, transport, setup));
        (long lives, long probed, long ran) = Reached;
        Reached = (lives + 1, probed + (_probed ? 1 : 0), ran + (_ran ? 1 : 0));
        transport.CheckBudget();
        if (clock.Elapsed > s_longestLife)
        {
            throw new FuzzException($"The life took {clock.Elapsed} of the clock: a wait without a bound.");
        }
    }

    private async Task LiveAsync(VirtualClock clock, HostileTransport transport, FuzzOp setup)
    {
        var services = new PcmServices((setup.A & 0x70_0000) == 0x10_0000 ? new StandingTime(clock) : clock, clock.Scheduler);
        VirtioSoundDriver driver;
        try
        {
            driver = await VirtioSoundDriver.ProbeAsync(transport, "fuzz", services, new VirtioSoundOptions { QueueSize = 32 });
        }
        catch (VirtioTransportException)
        {
            return; // said that it cannot be driven, which is an answer
        }

        _probed = true;
        await UseElementsAsync(driver);
        foreach (PcmDevice device in driver.Card.Devices.Take(2))
        {
            await UseAsync(clock, device, PcmDirection.Playback, setup);
            await UseAsync(clock, device, PcmDirection.Capture, setup);
        }

        await driver.DisposeAsync();
    }

    private static async Task UseElementsAsync(VirtioSoundDriver driver)
    {
        byte[] tlv = new byte[2000];
        foreach (VirtioSoundJack jack in driver.Jacks.Take(2))
        {
            await jack.RemapAsync(1, 2);
        }

        foreach (VirtioSoundControl control in driver.Controls.Take(3))
        {
            (PcmError error, VirtioSoundControlValue value) = await control.ReadAsync();
            await control.WriteAsync(error == PcmError.None ? value : default);
            await control.ReadTlvAsync(tlv);
        }
    }

    private async Task UseAsync(VirtualClock clock, PcmDevice device, PcmDirection direction, FuzzOp setup)
    {
        (PcmError error, PcmSubstream? substream) = await device.OpenAsync(direction, PcmOpenMode.NonBlocking);
        if (error != PcmError.None || substream is null)
        {
            return;
        }

        byte[] data = new byte[4 * 480 * 4];
        error = await substream.HwParamsAsync(new PcmHwParams
        {
            Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, PeriodFrames = 480, BufferFrames = 4 * 480,
        });
        for (int round = 0; round < 2 && error == PcmError.None; round++)
        {
            if (await substream.PrepareAsync() != PcmError.None)
            {
                break;
            }

            if (direction == PcmDirection.Playback)
            {
                substream.Write(data, out _);
            }

            _ran |= await substream.StartAsync() == PcmError.None;
            await Task.Delay(TimeSpan.FromMilliseconds(25), clock);
            if (direction == PcmDirection.Playback)
            {
                substream.Write(data, out _);
            }
            else
            {
                substream.Read(data, out _);
            }

            if ((setup.C & 1) != 0)
            {
                await substream.PauseAsync(enable: true);
                await substream.PauseAsync(enable: false);
            }

            substream.GetStatus(out _);
            substream.NonBlocking = false;
            await ((setup.C & 2) != 0 ? substream.DrainAsync() : substream.DropAsync());
            substream.NonBlocking = true;
        }

        await substream.CloseAsync();
    }
}
