using System.Globalization;
using Pcm.Backends.Alsa;

namespace Pcm.Alsa.Tests;

/// <summary>The core's configuration space of a libasound PCM is libasound's own: compared with what aplay prints of it, and with its own test calls.</summary>
public sealed class SpaceTests
{
    private const string Configuration = """
        pcm.null { type null }
        pcm.nowhere { type null }
        pcm.linear { type linear slave { pcm nowhere format S16_LE } }
        pcm.float { type lfloat slave { pcm nowhere format FLOAT_LE } }
        pcm.mulaw { type mulaw slave { pcm nowhere format MU_LAW } }
        pcm.rate { type rate slave { pcm nowhere rate 48000 } converter linear }
        pcm.route { type route slave { pcm nowhere channels 3 } ttable { 0.0 1 1.1 1 } }
        pcm.plug { type plug slave { pcm nowhere format S24_3LE rate 44100 channels 2 } }
        """;

    public static TheoryData<string> Names => ["null", "linear", "float", "mulaw", "rate", "route", "plug"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Refine_OfAnything_IsWhatAplayPrints(string name)
    {
        Peers.RequireLibAsound();
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("asoundrc"), Configuration);
        File.WriteAllBytes(folder.File("nothing"), []);
        string printed = Peers.Run("aplay", folder.File("asoundrc"), "--dump-hw-params", "-D", name, folder.File("nothing"));
        var card = new AlsaCard(Configuration, name);
        card.Run(PcmDirection.Playback, pcm =>
        {
            var space = new PcmHwParams();
            Assert.Equal(PcmError.None, pcm.HwRefine(space));
            string[] known = [.. PcmFormats.All.ToString().Split(' ')];
            string[] whole = [.. known.Where(static f => PcmFormatInfo.TryParse(f, out PcmFormat format) && format.PhysicalWidthBits() is > 0 and var bits && bits % 8 == 0)];
            Assert.Equal(Words(printed, "FORMAT").Intersect(whole), space.Formats.ToString().Split(' '));
            AssertWithin(printed, "CHANNELS", space.GetInterval(PcmHwParameter.Channels), 1024);
            AssertWithin(printed, "RATE", space.GetInterval(PcmHwParameter.Rate), int.MaxValue);
            return Task.CompletedTask;
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void HwParams_OfEveryFormatChannelAndRate_SucceedsWhereLibasoundsTestDoes(string name)
    {
        var card = new AlsaCard(Configuration, name);
        int possible = 0;
        card.Run(PcmDirection.Playback, async pcm =>
        {
            using AlsaTester tester = AlsaTester.Open(Configuration, name);
            foreach (PcmFormat format in (PcmFormat[])[PcmFormat.U8, PcmFormat.S16LE, PcmFormat.S16BE, PcmFormat.S24In3LE, PcmFormat.S32LE, PcmFormat.Float32LE, PcmFormat.MuLaw, PcmFormat.DsdU8])
            {
                foreach (int channels in (int[])[1, 2, 3, 8])
                {
                    foreach (int rate in (int[])[1000, 4000, 8000, 11025, 44100, 48000, 192000])
                    {
                        bool can = tester.Can(format, channels, rate);
                        possible += can ? 1 : 0;
                        PcmHwParams request = new() { Access = PcmAccess.ReadWriteInterleaved, Format = format, Channels = channels, Rate = rate };
                        request.SetRange(PcmHwParameter.BufferSize, 1, 8192);
                        Assert.Equal((can ? PcmError.None : PcmError.InvalidArgument, format, channels, rate), (await pcm.HwParamsAsync(request), format, channels, rate));
                    }
                }
            }
        });
        Assert.InRange(possible, 1, 8 * 4 * 7);
        Assert.Empty(card.Log.Errors);
    }

    [Theory]
    [InlineData(64, 256)]
    [InlineData(100, 250)]
    [InlineData(441, 44100)]
    public void HwParams_OfPeriodAndBuffer_SetsExactlyThem(int periodFrames, int bufferFrames)
    {
        foreach (string name in (string[])["null", "linear", "plug"])
        {
            var card = new AlsaCard(Configuration, name);
            card.Run(PcmDirection.Capture, async pcm =>
            {
                // The plug converts the rate, and so its periods to those of its slave: the same rate leaves every length possible.
                PcmHwParams request = AlsaCard.Request(PcmFormat.S16LE, 2, 44100, periodFrames, bufferFrames);
                Assert.Equal(PcmError.None, await pcm.HwParamsAsync(request));
                Assert.Equal((periodFrames, bufferFrames), (pcm.Runtime!.PeriodFrames, pcm.Runtime.BufferFrames));
            });
            Assert.Empty(card.Log.Errors);
        }
    }

    private static string[] Words(string printed, string label) =>
        printed.Split('\n').First(l => l.StartsWith(label + ":", StringComparison.Ordinal))[(label.Length + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The same interval, cut off where the core's numbers end.</summary>
    private static void AssertWithin(string printed, string label, PcmInterval ours, uint limit)
    {
        string[] ends = [.. Words(printed, label).Select(static w => w.Trim('[', ']', '(', ')'))];
        uint min = uint.Parse(ends[0], CultureInfo.InvariantCulture), max = uint.Parse(ends[^1], CultureInfo.InvariantCulture);
        Assert.Equal((min, Math.Min(max, limit)), (ours.Min, ours.Max));
    }

    /// <summary>libasound's single-parameter setters on a handle of its own: another way to the answer than the backend's ranges.</summary>
    private sealed class AlsaTester : IDisposable
    {
        private readonly AlsaPcmHandle _pcm;
        private readonly AlsaHwParamsHandle _hwParams = AlsaHwParamsHandle.Allocate();

        private AlsaTester(AlsaPcmHandle pcm) => _pcm = pcm;

        public static AlsaTester Open(string configuration, string name)
        {
            Assert.Equal(0, LibAsound.snd_config_load_string(out nint root, configuration, 0));
            using var tree = new AlsaConfigHandle(root);
            Assert.Equal(0, LibAsound.snd_pcm_open_lconf(out nint pcm, name, LibAsound.StreamPlayback, LibAsound.NonBlock, tree));
            return new AlsaTester(new AlsaPcmHandle(pcm));
        }

        public bool Can(PcmFormat format, int channels, int rate)
        {
            using AlsaErrorText listening = AlsaErrorText.Listen();
            return LibAsound.snd_pcm_hw_params_any(_pcm, _hwParams) >= 0
                && LibAsound.snd_pcm_hw_params_set_access(_pcm, _hwParams, LibAsound.AccessMmapInterleaved) >= 0
                && LibAsound.snd_pcm_hw_params_set_rate(_pcm, _hwParams, (uint)rate, 0) >= 0
                && LibAsound.snd_pcm_hw_params_set_channels(_pcm, _hwParams, (uint)channels) >= 0
                && LibAsound.snd_pcm_hw_params_set_format(_pcm, _hwParams, (int)format) >= 0;
        }

        public void Dispose()
        {
            _hwParams.Dispose();
            _pcm.Dispose();
        }
    }
}
