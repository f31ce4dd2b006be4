using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Pcm.Virtio.Tests;

/// <summary>Every wire struct has the size and the bytes of the specification (virtio 5.14).</summary>
public sealed class WireStructTests
{
    [Fact]
    public void SizeOf_EachStruct_AsTheSpecification()
    {
        Assert.Equal(2, Unsafe.SizeOf<Le16>());
        Assert.Equal(4, Unsafe.SizeOf<Le32>());
        Assert.Equal(8, Unsafe.SizeOf<Le64>());
        Assert.Equal(16, Unsafe.SizeOf<VirtioSoundConfig>());
        Assert.Equal(4, Unsafe.SizeOf<VirtioSoundHeader>());
        Assert.Equal(16, Unsafe.SizeOf<VirtioSoundQuery>());
        Assert.Equal(8, Unsafe.SizeOf<VirtioSoundJackHeader>());
        Assert.Equal(24, Unsafe.SizeOf<VirtioSoundJackInfo>());
        Assert.Equal(16, Unsafe.SizeOf<VirtioSoundJackRemap>());
        Assert.Equal(8, Unsafe.SizeOf<VirtioSoundPcmHeader>());
        Assert.Equal(32, Unsafe.SizeOf<VirtioSoundPcmInfo>());
        Assert.Equal(24, Unsafe.SizeOf<VirtioSoundPcmSetParams>());
        Assert.Equal(4, Unsafe.SizeOf<VirtioSoundPcmTransfer>());
        Assert.Equal(8, Unsafe.SizeOf<VirtioSoundPcmStatus>());
        Assert.Equal(8, Unsafe.SizeOf<VirtioSoundEvent>());
        Assert.Equal(8, Unsafe.SizeOf<VirtioSoundControlEvent>());
        Assert.Equal(24, Unsafe.SizeOf<VirtioSoundChmapInfo>());
        Assert.Equal(8, Unsafe.SizeOf<VirtioSoundControlHeader>());
        Assert.Equal(96, Unsafe.SizeOf<VirtioSoundControlInfo>());
        Assert.Equal(64, Unsafe.SizeOf<VirtioSoundControlEnumItem>());
        Assert.Equal(176, Unsafe.SizeOf<VirtioSoundIec958>());
        Assert.Equal(512, Unsafe.SizeOf<VirtioSoundControlValue>());
        Assert.Equal(8, Unsafe.SizeOf<VirtioSoundTlvHeader>());
        Assert.Equal(16, Unsafe.SizeOf<RingDescriptor>());
    }

    [Fact]
    public void Le_Values_AreLittleEndian()
    {
        Assert.Equal("3412", Hex(new Le16(0x1234)));
        Assert.Equal("78563412", Hex(new Le32(0x12345678)));
        Assert.Equal("F0DEBC9A78563412", Hex(new Le64(0x123456789ABCDEF0)));
        Assert.Equal(0x1234, new Le16(0x1234).Value);
        Assert.Equal(0x12345678u, new Le32(0x12345678).Value);
        Assert.Equal(0x123456789ABCDEF0u, new Le64(0x123456789ABCDEF0).Value);
        Assert.Equal("305419896", new Le32(0x12345678).ToString());
    }

    public static TheoryData<string, string> Golden()
    {
        var data = new TheoryData<string, string>();
        foreach ((string expected, string actual) in GoldenBytes())
        {
            data.Add(expected.Replace(" ", null, StringComparison.Ordinal), actual);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Bytes_EachStruct_AsTheSpecification(string expected, string actual) => Assert.Equal(expected, actual);

    [Fact]
    public void ChmapInfo_Fields_AreAtTheirOffsets()
    {
        var info = new VirtioSoundChmapInfo { HdaFunctionNode = 7, Direction = 1, Channels = 2 };
        info.Positions[0] = (byte)VirtioSoundChannel.FrontLeft;
        info.Positions[1] = (byte)VirtioSoundChannel.FrontRight;
        info.Positions[17] = (byte)VirtioSoundChannel.BottomRightCenter;
        Assert.Equal(18, info.Positions.Length);
        Assert.Equal("07000000" + "01" + "02" + "0304" + new string('0', 30) + "24", Hex(info));
    }

    [Fact]
    public void ControlInfo_Integer_AtItsOffsets()
    {
        var info = new VirtioSoundControlInfo
        {
            HdaFunctionNode = 1,
            Role = (uint)VirtioSoundControlRole.Volume | (uint)VirtioSoundDirection.Input,
            Type = (uint)VirtioSoundControlType.Integer,
            Access = (uint)(VirtioSoundControlAccess.Read | VirtioSoundControlAccess.Write),
            Count = 2,
            Index = 4,
            Integer = new() { Minimum = 5, Maximum = 6, Step = 7 },
        };
        "Volume"u8.CopyTo(info.Name);
        Assert.Equal(44, info.Name.Length);
        string name = Convert.ToHexString(Encoding.ASCII.GetBytes("Volume")) + new string('0', 2 * (44 - 6));
        Assert.Equal(
            "01000000" + "03000000" + "01000000" + "03000000" + "02000000" + "04000000" + name + "00000000" + "050000000600000007000000" + new string('0', 24),
            Hex(info));
        info.EnumeratedItems = 9;
        Assert.Equal(9u, info.Integer.Minimum.Value);
        info.Integer64 = new() { Minimum = 1, Maximum = 2, Step = 3 };
        Assert.Equal("010000000000000002000000000000000300000000000000", Hex(info)[144..]);
    }

    [Fact]
    public void ControlValue_Views_OverlayEachOther()
    {
        var value = default(VirtioSoundControlValue);
        value.Integers[127] = 0x04030201;
        Assert.Equal(128, value.Integers.Length);
        Assert.Equal(64, value.Integers64.Length);
        Assert.Equal([1, 2, 3, 4], value.Bytes[508..].ToArray());
        Assert.Equal(0x0403020100000000u, value.Integers64[63].Value);
        value.Bytes[0] = 0x11;
        value.Bytes[24] = 0x22;
        value.Bytes[172] = 0x33;
        value.Bytes[175] = 0x44;
        Assert.Equal(0x11, value.Iec958.Status[0]);
        Assert.Equal(0x22, value.Iec958.Subcode[0]);
        Assert.Equal(147, value.Iec958.Subcode.Length);
        Assert.Equal([0x33, 0, 0, 0x44], value.Iec958.DigitalSubframe.ToArray());
        Assert.Equal(24, value.Iec958.Status.Length);
    }

    [Fact]
    public void EnumItem_Text_IsTheWholeStruct()
    {
        var item = default(VirtioSoundControlEnumItem);
        "Line"u8.CopyTo(item.Item);
        Assert.Equal("4C696E65" + new string('0', 120), Hex(item));
    }

    [Fact]
    public void Channel_Numbers_EndWhereTheSpecificationEnds()
    {
        VirtioSoundChannel[] all = Enum.GetValues<VirtioSoundChannel>();
        Assert.Equal(Enumerable.Range(0, 37).Select(i => (VirtioSoundChannel)i), all);
        Assert.Equal(8, (int)VirtioSoundChannel.Lfe);
        Assert.Equal(21, (int)VirtioSoundChannel.TopCenter);
        Assert.Equal(32, (int)VirtioSoundChannel.LeftLfe);
    }

    private static IEnumerable<(string Expected, string Actual)> GoldenBytes()
    {
        yield return ("01000000 00000000 02000000 18000000", Query(VirtioSoundRequest.JackInfo, 0, 2, 24));
        yield return ("00010000 00000000 02000000 20000000", Query(VirtioSoundRequest.PcmInfo, 0, 2, 32));
        yield return ("00020000 00000000 01000000 18000000", Query(VirtioSoundRequest.ChmapInfo, 0, 1, 24));
        yield return ("00030000 01000000 03000000 60000000", Query(VirtioSoundRequest.ControlInfo, 1, 3, 96));
        yield return ("02000000 01000000 04000000 02000000", Hex(new VirtioSoundJackRemap { Code = (uint)VirtioSoundRequest.JackRemap, JackId = 1, Association = 4, Sequence = 2 }));
        yield return ("02000000 05000000", Hex(new VirtioSoundJackHeader { Code = (uint)VirtioSoundRequest.JackRemap, JackId = 5 }));
        yield return (
            "01010000 00000000 00200000 00080000 00000000 02050700",
            Hex(new VirtioSoundPcmSetParams { Code = (uint)VirtioSoundRequest.PcmSetParams, BufferBytes = 8192, PeriodBytes = 2048, Channels = 2, Format = 5, Rate = 7 }));
        yield return (
            "01010000 01000000 00400000 00100000 10000000 01130A00",
            Hex(new VirtioSoundPcmSetParams
            {
                Code = (uint)VirtioSoundRequest.PcmSetParams, StreamId = 1, BufferBytes = 16384, PeriodBytes = 4096,
                Features = (uint)VirtioSoundPcmFeatures.XRunEvents, Channels = 1, Format = 0x13, Rate = 10,
            }));
        yield return ("02010000 01000000", Pcm(VirtioSoundRequest.PcmPrepare));
        yield return ("03010000 01000000", Pcm(VirtioSoundRequest.PcmRelease));
        yield return ("04010000 01000000", Pcm(VirtioSoundRequest.PcmStart));
        yield return ("05010000 01000000", Pcm(VirtioSoundRequest.PcmStop));
        yield return ("00800000", Status(VirtioSoundStatusCode.Ok));
        yield return ("01800000", Status(VirtioSoundStatusCode.BadMessage));
        yield return ("02800000", Status(VirtioSoundStatusCode.NotSupported));
        yield return ("03800000", Status(VirtioSoundStatusCode.IOError));
        yield return ("03000000", Hex(new VirtioSoundPcmTransfer { StreamId = 3 }));
        yield return ("00800000 00100000", Hex(new VirtioSoundPcmStatus { Status = (uint)VirtioSoundStatusCode.Ok, LatencyBytes = 4096 }));
        yield return ("00100000 01000000", Event(VirtioSoundEventCode.JackConnected, 1));
        yield return ("01100000 02000000", Event(VirtioSoundEventCode.JackDisconnected, 2));
        yield return ("00110000 00000000", Event(VirtioSoundEventCode.PcmPeriodElapsed, 0));
        yield return ("01110000 00000000", Event(VirtioSoundEventCode.PcmXRun, 0));
        yield return (
            "00120000 0500 0500",
            Hex(new VirtioSoundControlEvent
            {
                Code = (uint)VirtioSoundEventCode.ControlNotify, ControlId = 5,
                Mask = (ushort)(VirtioSoundControlEventMask.Value | VirtioSoundControlEventMask.Tlv),
            }));
        yield return (
            "00000000 00000000 20000A0000000000 C000000000000000 00 01 02 0000000000",
            Hex(new VirtioSoundPcmInfo
            {
                Formats = (1 << 5) | (1 << 17) | (1 << 19), Rates = (1 << 6) | (1 << 7),
                Direction = (byte)VirtioSoundDirection.Output, ChannelsMin = 1, ChannelsMax = 2,
            }));
        yield return (
            "11000000 01000000 22000000 33000000 01 00000000000000",
            Hex(new VirtioSoundJackInfo { HdaFunctionNode = 0x11, Features = (uint)VirtioSoundJackFeatures.Remap, DefaultConfiguration = 0x22, Capabilities = 0x33, Connected = 1 }));
        yield return ("01000000 02000000 03000000 04000000", Hex(new VirtioSoundConfig { Jacks = 1, Streams = 2, Chmaps = 3, Controls = 4 }));
        yield return ("01030000 07000000", Control(VirtioSoundRequest.ControlEnumItems));
        yield return ("02030000 07000000", Control(VirtioSoundRequest.ControlRead));
        yield return ("03030000 07000000", Control(VirtioSoundRequest.ControlWrite));
        yield return ("04030000 07000000", Control(VirtioSoundRequest.ControlTlvRead));
        yield return ("05030000 07000000", Control(VirtioSoundRequest.ControlTlvWrite));
        yield return ("06030000 07000000", Control(VirtioSoundRequest.ControlTlvCommand));
        yield return ("01000000 08000000", Hex(new VirtioSoundTlvHeader { Type = 1, Length = 8 }));
    }

    private static string Query(VirtioSoundRequest code, uint start, uint count, uint size) =>
        Hex(new VirtioSoundQuery { Code = (uint)code, StartId = start, Count = count, Size = size });

    private static string Pcm(VirtioSoundRequest code) => Hex(new VirtioSoundPcmHeader { Code = (uint)code, StreamId = 1 });

    private static string Status(VirtioSoundStatusCode code) => Hex(new VirtioSoundHeader { Code = (uint)code });

    private static string Event(VirtioSoundEventCode code, uint data) => Hex(new VirtioSoundEvent { Code = (uint)code, Data = data });

    private static string Control(VirtioSoundRequest code) => Hex(new VirtioSoundControlHeader { Code = (uint)code, ControlId = 7 });

    private static string Hex<T>(in T value)
        where T : unmanaged => Convert.ToHexString(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
}
