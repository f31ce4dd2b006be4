using System.Buffers.Binary;

namespace Pcm.Virtio.Tests;

/// <summary>The control queue: what the device says of itself, and what it answers to nonsense.</summary>
public sealed class SoundControlTests
{
    private static readonly VirtioSoundJackOptions[] s_jacks =
    [
        new() { HdaFunctionNode = 3, Features = VirtioSoundJackFeatures.Remap, DefaultConfiguration = 0x0181_4012, Capabilities = 0x10, IsConnected = true },
        new() { DefaultConfiguration = 0x90A0_0177 },
    ];

    private static readonly VirtioSoundChannelMapOptions[] s_maps =
    [
        new() { HdaFunctionNode = 3, Positions = [VirtioSoundChannel.FrontLeft, VirtioSoundChannel.FrontRight] },
        new() { Direction = PcmDirection.Capture, Positions = [.. Enumerable.Range(0, 18).Select(static i => (VirtioSoundChannel)(i + 19))] },
    ];

    public static TheoryData<VirtioSoundRequest, int> Sizes() => new()
    {
        { VirtioSoundRequest.JackInfo, 16 },
        { VirtioSoundRequest.JackRemap, 16 },
        { VirtioSoundRequest.PcmInfo, 16 },
        { VirtioSoundRequest.PcmSetParams, 24 },
        { VirtioSoundRequest.PcmPrepare, 8 },
        { VirtioSoundRequest.PcmRelease, 8 },
        { VirtioSoundRequest.PcmStart, 8 },
        { VirtioSoundRequest.PcmStop, 8 },
        { VirtioSoundRequest.ChmapInfo, 16 },
    };

    [Fact]
    public void Config_AnyOffset_HasTheCountsAndZeros()
    {
        using SoundBench bench = Bench();
        Assert.Equal([2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0], bench.Driver.Device.Config.ToArray());
        var beyond = new byte[8];
        beyond.AsSpan().Fill(0xFF);
        bench.Transport.ReadConfig(12, beyond); // D-21: no fault where "controls" would be
        Assert.All(beyond, static b => Assert.Equal(0, b));
        bench.Transport.ReadConfig(1000, beyond);
        Assert.All(beyond, static b => Assert.Equal(0, b));
        Assert.Equal(25u, bench.Transport.DeviceId);
        Assert.False(bench.Transport.DeviceFeatures.HasFlag(VirtioFeatures.SoundControls));
    }

    [Fact]
    public void D01_D02_JackInfo_All_HasDefinedFeaturesAndZeroPadding()
    {
        using SoundBench bench = Bench();
        RawMessage answer = Query(bench, VirtioSoundRequest.JackInfo, 0, 2, 24);
        Assert.Equal(4 + 48, answer.Used);
        Assert.Equal(VirtioSoundStatusCode.Ok, answer.Status);
        Assert.Equal(
            [3, 0, 0, 0, 1, 0, 0, 0, 0x12, 0x40, 0x81, 0x01, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
            answer.Writable.Slice(4, 24).ToArray());
        Assert.Equal(
            [0, 0, 0, 0, 0, 0, 0, 0, 0x77, 0x01, 0xA0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            answer.Writable.Slice(28, 24).ToArray());
    }

    [Fact]
    public void D03_D04_PcmInfo_All_HasDefinedBitsAndZeroPadding()
    {
        using SoundBench bench = Bench();
        RawMessage answer = Query(bench, VirtioSoundRequest.PcmInfo, 0, 2, 32);
        Assert.Equal(4 + 64, answer.Used);
        for (int stream = 0; stream < 2; stream++)
        {
            // U8, S16, S24_3, S32, FLOAT; 8000, 44100, 48000; MSG_POLLING and EVT_XRUNS
            byte[] expected =
                [0, 0, 0, 0, 0x14, 0, 0, 0, 0x30, 0x08, 0x0A, 0, 0, 0, 0, 0, 0xC2, 0, 0, 0, 0, 0, 0, 0, (byte)stream, 1, 8, 0, 0, 0, 0, 0];
            Assert.Equal(expected, answer.Writable.Slice(4 + (32 * stream), 32).ToArray());
        }
    }

    [Fact]
    public void D11_D12_ChmapInfo_All_HasTheMaps()
    {
        using SoundBench bench = Bench();
        RawMessage answer = Query(bench, VirtioSoundRequest.ChmapInfo, 0, 2, 24);
        Assert.Equal(4 + 48, answer.Used);
        Assert.Equal([3, 0, 0, 0, 0, 2, 3, 4, .. new byte[16]], answer.Writable.Slice(4, 24).ToArray());
        Assert.Equal([0, 0, 0, 0, 1, 18, .. Enumerable.Range(19, 18).Select(static i => (byte)i)], answer.Writable.Slice(28, 24).ToArray());
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(5, 4 + 10)]
    [InlineData(24, 4 + 48)]
    [InlineData(40, 4 + 80)]
    [InlineData(4096, 4 + 8192)]
    public void Query_OtherItemSize_FillsWhatIsKnownAndClearsTheRest(int size, int used)
    {
        using SoundBench bench = Bench();
        byte[] exact = Query(bench, VirtioSoundRequest.JackInfo, 0, 2, 24).Writable[4..].ToArray();
        RawMessage answer = Query(bench, VirtioSoundRequest.JackInfo, 0, 2, (uint)size);
        Assert.Equal(VirtioSoundStatusCode.Ok, answer.Status);
        Assert.Equal(used, answer.Used);
        for (int item = 0; item < 2; item++)
        {
            byte[] expected = [.. exact.AsSpan(24 * item, Math.Min(24, size)), .. new byte[Math.Max(0, size - 24)]];
            Assert.Equal(expected, answer.Writable.Slice(4 + (item * size), size).ToArray());
        }
    }

    [Fact]
    public void Query_PartOrNothing_IsAnsweredExactly()
    {
        using SoundBench bench = Bench();
        byte[] all = Query(bench, VirtioSoundRequest.PcmInfo, 0, 2, 32).Writable[4..].ToArray();
        Assert.Equal(all[32..], Query(bench, VirtioSoundRequest.PcmInfo, 1, 1, 32).Writable[4..].ToArray());
        Assert.Equal(4, Query(bench, VirtioSoundRequest.PcmInfo, 2, 0, 32).Used);
        RawMessage roomy = bench.Request(SoundBench.Bytes(QueryOf(VirtioSoundRequest.PcmInfo, 0, 1, 32)), 100);
        Assert.Equal(36, roomy.Used);
        Assert.All(roomy.Writable[36..].ToArray(), static b => Assert.Equal(RawSoundDriver.Fill, b));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void D19_Request_TooShort_IsBadMessageAndReturned(VirtioSoundRequest code, int size)
    {
        using SoundBench bench = Bench();
        for (int length = 0; length < size; length++)
        {
            byte[] request = SoundBench.Bytes(new VirtioSoundPcmSetParams { Code = (uint)code })[..length];
            RawMessage answer = bench.Request(request, 4);
            Assert.Equal(4, answer.Used);
            Assert.Equal(VirtioSoundStatusCode.BadMessage, answer.Status);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void D19_Request_NoRoomForAnAnswer_IsReturnedEmpty(VirtioSoundRequest code, int size)
    {
        using SoundBench bench = Bench();
        for (int room = 0; room < 4; room++)
        {
            byte[] request = SoundBench.Bytes(new VirtioSoundPcmSetParams { Code = (uint)code, StreamId = 1 })[..size];
            RawMessage answer = bench.Request(request, room);
            Assert.Equal(0, answer.Used);
            Assert.All(answer.Writable[..room].ToArray(), static b => Assert.Equal(RawSoundDriver.Fill, b));
        }
    }

    [Theory]
    [InlineData(VirtioSoundRequest.JackRemap)]
    [InlineData(VirtioSoundRequest.PcmSetParams)]
    [InlineData(VirtioSoundRequest.PcmPrepare)]
    [InlineData(VirtioSoundRequest.PcmRelease)]
    [InlineData(VirtioSoundRequest.PcmStart)]
    [InlineData(VirtioSoundRequest.PcmStop)]
    public void D19_Request_UnknownId_IsBadMessage(VirtioSoundRequest code)
    {
        using SoundBench bench = Bench();
        foreach (uint id in (uint[])[2, 3, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue])
        {
            Assert.Equal(VirtioSoundStatusCode.BadMessage, bench.Request(SoundBench.Bytes(SoundBench.Parameters() with { Code = (uint)code, StreamId = id })).Status);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(3u)]
    [InlineData(0x106u)]
    [InlineData(0x201u)]
    [InlineData(0x307u)]
    [InlineData(0x1000u)]
    [InlineData(0x8000u)]
    [InlineData(uint.MaxValue)]
    public void D20_Request_UnknownCode_IsNotSupported(uint code)
    {
        using SoundBench bench = Bench();
        RawMessage answer = bench.Request(SoundBench.Bytes(SoundBench.Parameters() with { Code = code }));
        Assert.Equal((4, VirtioSoundStatusCode.NotSupported), (answer.Used, answer.Status));
    }

    [Fact]
    public void D21_ControlElementRequests_WithoutTheFeature_AreNotSupported()
    {
        using SoundBench bench = Bench();
        for (uint code = 0x300; code <= 0x306; code++)
        {
            Assert.Equal(VirtioSoundStatusCode.NotSupported, bench.Request(SoundBench.Bytes(SoundBench.Parameters() with { Code = code }), 600).Status);
        }
    }

    [Theory]
    [InlineData(0u, 3u, 32u)]
    [InlineData(2u, 1u, 32u)]
    [InlineData(0u, 0xFFFF_FFFFu, 0x20u)] // count * size wraps in 32 bits
    [InlineData(0u, 0x0800_0001u, 0x20u)] // ... to 32
    [InlineData(0xFFFF_FFFFu, 2u, 32u)]   // start + count wraps to 1
    [InlineData(0xFFFF_FFFEu, 3u, 0u)]
    [InlineData(0u, 2u, 0x8000_0002u)]    // count * size wraps to 4
    [InlineData(0u, 1u, 4097u)]
    [InlineData(0u, 2u, 33u)]             // one byte more than the room
    public void D32_Query_OutOfRange_IsBadMessageWithoutOverflow(uint start, uint count, uint size)
    {
        using SoundBench bench = Bench();
        foreach (VirtioSoundRequest code in (VirtioSoundRequest[])[VirtioSoundRequest.PcmInfo, VirtioSoundRequest.JackInfo, VirtioSoundRequest.ChmapInfo])
        {
            RawMessage answer = bench.Request(SoundBench.Bytes(QueryOf(code, start, count, size)), 4 + 64);
            Assert.Equal((4, VirtioSoundStatusCode.BadMessage), (answer.Used, answer.Status));
            Assert.All(answer.Writable[4..].ToArray(), static b => Assert.Equal(RawSoundDriver.Fill, b));
        }
    }

    [Fact]
    public void D54_Request_OneByteDescriptors_IsUnderstood()
    {
        using SoundBench bench = Bench();
        byte[] expected = Query(bench, VirtioSoundRequest.JackInfo, 1, 1, 24).Writable.ToArray();
        RawMessage answer = bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.Bytes(QueryOf(VirtioSoundRequest.JackInfo, 1, 1, 24)), 28, cut: 1);
        bench.Settle();
        Assert.Equal(28, answer.Used);
        Assert.Equal(expected, answer.Writable.ToArray());
    }

    [Fact]
    public void JackRemap_Jacks_ChangesPlaceUntilReset()
    {
        using SoundBench bench = Bench();
        Assert.Equal(VirtioSoundStatusCode.Ok, Remap(bench, 0, 4, 2));
        Assert.Equal(0x0181_4042u, Configuration(bench, 0));
        Assert.Equal(VirtioSoundStatusCode.BadMessage, Remap(bench, 0, 16, 0));
        Assert.Equal(VirtioSoundStatusCode.BadMessage, Remap(bench, 0, 0, 16));
        Assert.Equal(VirtioSoundStatusCode.NotSupported, Remap(bench, 1, 4, 2));
        Assert.Equal(0x0181_4042u, Configuration(bench, 0));
        Assert.Equal(0x90A0_0177u, Configuration(bench, 1));
        bench.Renegotiate();
        Assert.Equal(0x0181_4012u, Configuration(bench, 0));
    }

    private static SoundBench Bench() => new(new SoundBenchOptions { Capture = 1, Jacks = s_jacks, ChannelMaps = s_maps });

    private static VirtioSoundQuery QueryOf(VirtioSoundRequest code, uint start, uint count, uint size) =>
        new() { Code = (uint)code, StartId = start, Count = count, Size = size };

    private static RawMessage Query(SoundBench bench, VirtioSoundRequest code, uint start, uint count, uint size) =>
        bench.Request(SoundBench.Bytes(QueryOf(code, start, count, size)), (int)(4 + (count * size)));

    private static VirtioSoundStatusCode Remap(SoundBench bench, uint jack, uint association, uint sequence) => bench.Request(SoundBench.Bytes(
        new VirtioSoundJackRemap { Code = (uint)VirtioSoundRequest.JackRemap, JackId = jack, Association = association, Sequence = sequence })).Status;

    private static uint Configuration(SoundBench bench, uint jack) =>
        BinaryPrimitives.ReadUInt32LittleEndian(Query(bench, VirtioSoundRequest.JackInfo, jack, 1, 24).Writable[12..]);
}
