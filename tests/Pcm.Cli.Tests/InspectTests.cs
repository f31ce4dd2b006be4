using Pcm.Backends;

namespace Pcm.Cli.Tests;

public sealed class InspectTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("frob")]
    [InlineData("")]
    [InlineData("play")]
    [InlineData("play a.wav --frob")]
    [InlineData("play a.wav --clock maybe")]
    [InlineData("play a.wav --rate 0")]
    [InlineData("play a.wav --periods -1")]
    [InlineData("play a.wav --channels 99999999999")]
    [InlineData("play a.wav --format S17")]
    [InlineData("play a.wav --timeout 5")]
    [InlineData("record a.wav")]
    [InlineData("params --stream sideways")]
    [InlineData("lifecycle --format png")]
    [InlineData("replay")]
    public void Run_WithAWrongCommandLine_Exits2AndSaysSoOnStderr(string line)
    {
        CliResult result = _cli.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Expect(2);
        Assert.Empty(result.Output);
        Assert.StartsWith("pcm: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("play", "nosuch", "unknown device 'nosuch'")]
    [InlineData("play", "virtio,transport=pigeon", "transport 'pigeon' is not known")]
    [InlineData("play", "loopback:99", "the cables are 0 to 7")]
    [InlineData("play", "virtio,sink=nosuch", "unknown device 'nosuch'")]
    public void Run_WithAWrongDevice_Exits2(string command, string device, string message)
    {
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S16LE, 1, 8000), []);
        Assert.Contains(message, _cli.Run(command, input, "--device", device).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_IsThere_AndExits0()
    {
        foreach (string command in (string[])["", "play", "record", "bridge", "devices", "params", "lifecycle", "replay"])
        {
            CliResult result = _cli.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]).Expect(0);
            Assert.Contains("Usage:", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Devices_AsJson_HasEveryBackendAndADeviceStringThatWorks()
    {
        using var json = System.Text.Json.JsonDocument.Parse(_cli.Run("devices", "--json").Expect(0).Output);
        var backends = json.RootElement.GetProperty("backends").EnumerateArray().ToList();
        Assert.Equal(["virtio", "null", "wav", "loopback", "alsa"], backends.Select(static b => b.GetProperty("name").GetString()));

        // libasound's hints are what its configuration says, not what is there: they are listed unopened.
        foreach (System.Text.Json.JsonElement card in backends.Where(static b => b.GetProperty("name").GetString() != "alsa").SelectMany(static b => b.GetProperty("cards").EnumerateArray()))
        {
            Assert.True(card.GetProperty("playback").GetInt32() > 0 && card.GetProperty("capture").GetInt32() > 0);
            _cli.Run("params", "--device", card.GetProperty("device").GetString()!).Expect(0);
        }
    }

    [Fact]
    public void Devices_AsText_IsPlainWithoutATerminal()
    {
        CliResult plain = _cli.Run("devices").Expect(0);
        Assert.Contains("  --device null: card null", plain.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', plain.Output);
        _cli.IsInteractive = true;
        Assert.Contains("Null card", _cli.Run("devices").Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Params_AsText_IsTheRefinedSpace()
    {
        string input = _cli.WriteWav("in.wav", new WavFormat(PcmFormat.S24In3LE, 3, 44100), []);
        string[] expected =
        [
            $"HW Params of device \"wav:{input}\", capture:", "ACCESS: MMAP_INTERLEAVED RW_INTERLEAVED", "FORMAT: S24_3LE", "SAMPLE_BITS: 24",
            "FRAME_BITS: 72", "CHANNELS: 3", "RATE: 44100",
        ];
        string[] lines = _cli.Run("params", "--device", "wav:" + input).Expect(0).Output.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.Equal(expected, lines[..7]);
        Assert.Equal(["PERIOD_TIME", "PERIOD_SIZE", "PERIOD_BYTES", "PERIODS", "BUFFER_TIME", "BUFFER_SIZE", "BUFFER_BYTES"], lines[7..].Select(static l => l.Split(':')[0]));
    }

    [Fact]
    public void Params_AsJson_NarrowsByTheOptions()
    {
        using var json = System.Text.Json.JsonDocument.Parse(
            _cli.Run("params", "--device", "null", "--json", "--stream", "capture", "-f", "S16_LE", "-c", "2", "-r", "44100", "--period-frames", "441").Expect(0).Output);
        System.Text.Json.JsonElement root = json.RootElement;
        Assert.Equal("capture", root.GetProperty("stream").GetString());
        Assert.Equal("[\"S16_LE\"]", root.GetProperty("formats").GetRawText());
        Assert.Equal("""{"min":1764,"max":1764}""", root.GetProperty("periodBytes").GetRawText());
        Assert.Equal("""{"min":44100,"max":44100}""", root.GetProperty("rate").GetRawText());
        Assert.Contains("hw_refine failed: EINVAL", _cli.Run("params", "--device", "null", "-r", "1").Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Params_WithoutTheStreamAskedFor_Fails()
    {
        _cli.Devices = new Devices.DeviceTable(new DeadDeviceFactory());
        Assert.Contains("has no capture", _cli.Run("params", "--device", "dead", "--stream", "capture").Expect(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mermaid", "stateDiagram")]
    [InlineData("dot", "digraph")]
    [InlineData("table", "| Running | - |")]
    public void Lifecycle_IsTheRunningMachine(string format, string expected)
    {
        string playback = _cli.Run("lifecycle", "--format", format).Expect(0).Output;
        string capture = _cli.Run("lifecycle", "--format", format, "--stream", "capture").Expect(0).Output;
        Assert.Contains(expected, playback, StringComparison.Ordinal);
        Assert.NotEqual(playback, capture); // capture may be prepared while it drains
    }

    [Fact]
    public void Lifecycle_AsTable_HasARowPerStateAndTheMachinesAnswers()
    {
        string[] lines = _cli.Run("lifecycle", "-f", "table").Expect(0).Output.TrimEnd().Split('\n');
        Assert.Equal(2 + Enum.GetValues<PcmState>().Length, lines.Length);
        string[] triggers = [.. lines[0].Split('|', StringSplitOptions.TrimEntries)[2..^1]];
        Assert.Equal(Enum.GetNames<PcmTrigger>(), triggers);
        foreach (string line in lines[2..])
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            PcmState state = Enum.Parse<PcmState>(cells[1]);
            for (int i = 0; i < triggers.Length; i++)
            {
                bool permitted = PcmLifecycleGraph.TryGetDestination(
                    PcmDirection.Playback, state, Enum.Parse<PcmTrigger>(triggers[i]), out PcmState destination, out bool isDynamic);
                Assert.Equal(!permitted ? "-" : isDynamic ? "before suspend" : destination.ToString(), cells[i + 2]);
            }
        }
    }

    [Fact]
    public void Replay_OfSomethingElse_FailsWithOneSentence()
    {
        File.WriteAllText(_cli.File("trace.jsonl"), "{\"no\":1}\n");
        Assert.Contains("cannot be replayed", _cli.Run("replay", _cli.File("trace.jsonl")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("cannot be replayed", _cli.Run("replay", _cli.File("absent.jsonl")).Expect(1).Error, StringComparison.Ordinal);
    }
}
