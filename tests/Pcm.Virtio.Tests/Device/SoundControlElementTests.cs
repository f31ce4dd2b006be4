using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Pcm.Virtio.Tests.EndToEnd;

namespace Pcm.Virtio.Tests;

/// <summary>The device's control elements, asked by a driver that keeps to no rule.</summary>
public sealed class SoundControlElementTests
{
    [Fact]
    public void D13_D14_D15_D16_Info_All_IsWellFormed()
    {
        using SoundBench bench = Bench();
        VirtioSoundControlInfo[] infos = Infos(bench);
        Assert.Equal(7, infos.Length);
        var names = new HashSet<(string, uint)>();
        int[] limits = [128, 128, 64, 128, 512, 1];
        foreach (VirtioSoundControlInfo each in infos)
        {
            VirtioSoundControlInfo info = each;
            Assert.True(info.Role >> 1 <= 3 && info.Type <= 5u && (info.Access & ~0x7Fu) == 0);
            Assert.InRange((int)(uint)info.Count, 1, limits[info.Type]);
            int end = info.Name.IndexOf((byte)0);
            Assert.InRange(end, 1, 43);
            Assert.True(Ascii.IsValid(info.Name[..end]));
            Assert.All(info.Name[end..].ToArray(), static b => Assert.Equal(0, b));
            Assert.True(names.Add((Encoding.ASCII.GetString(info.Name[..end]), info.Index)));
        }

        RawMessage items = bench.Request(Header(VirtioSoundRequest.ControlEnumItems, TestControls.Source), 4 + (3 * 64));
        Assert.Equal(4 + (3 * 64), items.Used);
        Assert.Equal([.. "Mic"u8, 0], items.Writable.Slice(4, 4).ToArray());
        Assert.Equal([.. "CD"u8, .. new byte[62]], items.Writable[^64..].ToArray());
    }

    [Fact]
    public void D16_Options_SharedNameOrNonsense_AreRefusedWithTheReason()
    {
        VirtioSoundControlOptions good = TestControls.All()[TestControls.Volume];
        (VirtioSoundControlOptions Bad, string Reason)[] cases =
        [
            (good with { Name = "" }, "no name"),
            (good with { Name = new string('a', 44) }, "no name"),
            (good with { Name = "Lautstärke" }, "no name"),
            (good with { Count = 0 }, "0 values"),
            (good with { Count = 129 }, "129 values"),
            (good with { Minimum = 32 }, "range"),
            (good with { Maximum = 1L << 31 }, "range"),
            (good with { Access = (VirtioSoundControlAccess)0x80 }, "access"),
            (good with { Role = (VirtioSoundControlRole)8 }, "role"),
            (good with { Type = (VirtioSoundControlType)6 }, "type"),
            (good with { Type = VirtioSoundControlType.Enumerated }, "0 items"),
            (good with { Type = VirtioSoundControlType.Enumerated, Items = ["a", ""] }, "no item"),
            (good with { InitialValue = new byte[] { 32, 0, 0, 0 } }, "initial value"),
            (good with { Tlv = new byte[9] }, "metadata"),
            (good with { Tlv = TestControls.Scale, Access = VirtioSoundControlAccess.Read }, "metadata"),
            (good with { TlvCommand = null }, "commands"),
        ];
        Assert.Null(new VirtioSoundDeviceOptions { Controls = [good] }.FindProblem());
        Assert.All(cases, static c => Assert.Contains(c.Reason, new VirtioSoundDeviceOptions { Controls = [c.Bad] }.FindProblem() ?? "", StringComparison.Ordinal));
        Assert.Contains("same name", new VirtioSoundDeviceOptions { Controls = [good, good] }.FindProblem(), StringComparison.Ordinal);
        Assert.Null(new VirtioSoundDeviceOptions { Controls = [good, good with { Index = 1 }] }.FindProblem());
        Assert.Throws<ArgumentException>(() => new VirtioSoundDevice(new VirtioSoundDeviceOptions { Controls = [good, good] }));
    }

    [Theory]
    [InlineData(4, 4)]       // no room: nothing, and OK
    [InlineData(16, 16)]     // a part of the values
    [InlineData(20, 20)]     // exactly
    [InlineData(100, 20)]
    public void D17_TlvRead_ShortRoom_GetsWhatFits(int room, int used)
    {
        using SoundBench bench = Bench();
        RawMessage answer = bench.Request(Header(VirtioSoundRequest.ControlTlvRead, TestControls.Volume), room);
        Assert.Equal((used, VirtioSoundStatusCode.Ok), (answer.Used, answer.Status));
        Assert.Equal(TestControls.Scale[..(used - 4)], answer.Writable[4..used].ToArray());
        Assert.All(answer.Writable[used..].ToArray(), static b => Assert.Equal(RawSoundDriver.Fill, b));
    }

    [Fact]
    public void D18_Notifications_OfEachKind_HaveDefinedMasksOnly()
    {
        using SoundBench bench = Bench();
        var value = default(VirtioSoundControlValue);
        value.Integers[1] = 31;
        bench.Device.SetControlValue(TestControls.Volume, value);
        bench.Device.SetControlTlv(TestControls.Blob, TestControls.Scale);
        bench.Device.NotifyControlInfo(TestControls.Source);
        bench.Settle();
        Assert.Equal((0x1200u, 1, 1), Told(bench.PostEventBuffer()));
        Assert.Equal((0x1200u, 3, 2), Told(bench.PostEventBuffer()));
        Assert.Equal((0x1200u, 4, 4), Told(bench.PostEventBuffer()));
        Assert.Null(bench.PostEventBuffer().Used);
        Assert.Throws<ArgumentException>(() => bench.Device.SetControlValue(TestControls.Switch, value));
        Assert.Throws<ArgumentException>(() => bench.Device.SetControlTlv(TestControls.Blob, new byte[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Device.NotifyControlInfo(7));
    }

    [Fact]
    public void Notifications_NoBuffer_AreGatheredInOne()
    {
        using SoundBench bench = Bench();
        for (int i = 0; i < 10; i++)
        {
            bench.Device.NotifyControlInfo(TestControls.Volume);
            bench.Device.SetControlTlv(TestControls.Volume, TestControls.Tlv(1, i));
            bench.Settle();
        }

        Assert.Equal((0x1200u, 1, 6), Told(bench.PostEventBuffer()));
        Assert.Null(bench.PostEventBuffer().Used);
    }

    [Fact]
    public void D19_ElementRequest_ShortOrUnknownOrNotAllowed_SaysSo()
    {
        using SoundBench bench = Bench();
        for (uint code = 0x301; code <= 0x306; code++)
        {
            for (int length = 4; length < 8; length++)
            {
                Assert.Equal(VirtioSoundStatusCode.BadMessage, bench.Request(Header((VirtioSoundRequest)code, 0)[..length], 600).Status);
            }

            foreach (uint id in (uint[])[7, 0x7FFF_FFFF, uint.MaxValue])
            {
                Assert.Equal(VirtioSoundStatusCode.BadMessage, bench.Request(Header((VirtioSoundRequest)code, id), 600).Status);
            }

            for (int room = 0; room < 4; room++)
            {
                Assert.Equal(0, bench.Request([.. Header((VirtioSoundRequest)code, 1), .. new byte[512]], room).Used);
            }

            VirtioSoundStatusCode expected = code == 0x301 ? VirtioSoundStatusCode.BadMessage : VirtioSoundStatusCode.NotSupported; // no enumeration; no access
            Assert.Equal(expected, bench.Request([.. Header((VirtioSoundRequest)code, TestControls.Silent), .. new byte[512]], 600).Status);
        }
    }

    [Fact]
    public void ReadAndWrite_OfJustTheValues_IsEnough()
    {
        using SoundBench bench = Bench();
        byte[] values = [0xA0, 0xFF, 0xFF, 0xFF, 31, 0, 0, 0]; // -96, 31
        Assert.Equal(VirtioSoundStatusCode.Ok, bench.Request([.. Header(VirtioSoundRequest.ControlWrite, TestControls.Volume), .. values]).Status);
        RawMessage read = bench.Request(Header(VirtioSoundRequest.ControlRead, TestControls.Volume), 4 + 8);
        Assert.Equal((12, VirtioSoundStatusCode.Ok), (read.Used, read.Status));
        Assert.Equal(values, read.Writable[4..].ToArray());
        Assert.Equal(VirtioSoundStatusCode.BadMessage, bench.Request([.. Header(VirtioSoundRequest.ControlWrite, TestControls.Volume), .. values[..7]]).Status);
        Assert.Equal(VirtioSoundStatusCode.BadMessage, bench.Request(Header(VirtioSoundRequest.ControlRead, TestControls.Volume), 4 + 7).Status);
        RawMessage whole = bench.Request(Header(VirtioSoundRequest.ControlRead, TestControls.Volume), 4 + 600);
        Assert.Equal(4 + 512, whole.Used);
        Assert.Equal([.. values, .. new byte[504]], whole.Writable.Slice(4, 512).ToArray());
    }

    [Fact]
    public void D54_Write_OneByteDescriptors_IsUnderstood()
    {
        using SoundBench bench = Bench();
        byte[] request = [.. Header(VirtioSoundRequest.ControlWrite, TestControls.Source), 1, 0, 0, 0];
        RawMessage answer = bench.Driver.Send(VirtioSoundQueues.Control, request, 4, cut: 1);
        bench.Settle();
        Assert.Equal((4, VirtioSoundStatusCode.Ok), (answer.Used, answer.Status));
        Assert.Equal(1u, bench.Device.GetControlValue(TestControls.Source).Integers[0].Value);
    }

    [Fact]
    public void D49_Config_BeforeTheFeaturesAreAgreed_HasTheControls()
    {
        using SoundBench bench = Bench();
        var config = new byte[16];
        bench.Transport.ReadConfig(0, config);
        Assert.Equal(7u, BinaryPrimitives.ReadUInt32LittleEndian(config.AsSpan(12)));
        Assert.True(bench.Transport.DeviceFeatures.HasFlag(VirtioFeatures.SoundControls)); // D-35: offered, and 16 bytes are there
    }

    [Fact]
    public void Reset_ControlElements_KeepTheirValues()
    {
        using SoundBench bench = Bench();
        Assert.Equal(VirtioSoundStatusCode.Ok, bench.Request([.. Header(VirtioSoundRequest.ControlWrite, TestControls.Source), 2, 0, 0, 0]).Status);
        bench.Renegotiate();
        Assert.Equal(2, bench.Request(Header(VirtioSoundRequest.ControlRead, TestControls.Source), 8).Writable[4]);
        Assert.Null(bench.PostEventBuffer().Used); // the write before is no news to the next driver
    }

    private static SoundBench Bench() => new(new SoundBenchOptions { Controls = TestControls.All() });

    private static byte[] Header(VirtioSoundRequest code, uint id) => SoundBench.Bytes(new VirtioSoundControlHeader { Code = (uint)code, ControlId = id });

    private static (uint Code, int Id, int Mask) Told(RawMessage buffer)
    {
        Assert.Equal(8, buffer.Used);
        VirtioSoundControlEvent told = MemoryMarshal.Read<VirtioSoundControlEvent>(buffer.Writable);
        return (told.Code, told.ControlId, told.Mask);
    }

    private static VirtioSoundControlInfo[] Infos(SoundBench bench)
    {
        RawMessage answer = bench.Request(
            SoundBench.Bytes(new VirtioSoundQuery { Code = (uint)VirtioSoundRequest.ControlInfo, Count = 7, Size = 96 }), 4 + (7 * 96));
        Assert.Equal((4 + (7 * 96), VirtioSoundStatusCode.Ok), (answer.Used, answer.Status));
        return MemoryMarshal.Cast<byte, VirtioSoundControlInfo>(answer.Writable[4..]).ToArray();
    }
}
