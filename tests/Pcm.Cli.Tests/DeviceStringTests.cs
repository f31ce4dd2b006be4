using CsCheck;
using Pcm.Cli.Devices;

namespace Pcm.Cli.Tests;

public sealed class DeviceStringTests
{
    [Theory]
    [InlineData("null", "null", null, "")]
    [InlineData("wav:a.wav", "wav", "a.wav", "")]
    [InlineData("wav:/a,b:c=d.wav", "wav", "/a,b:c=d.wav", "")]
    [InlineData("loopback", "loopback", null, "")]
    [InlineData("loopback:3", "loopback", "3", "")]
    [InlineData("virtio", "virtio", null, "")]
    [InlineData("virtio,transport=inprocess", "virtio", null, "transport=inprocess")]
    [InlineData("virtio,sink=wav:a=b.wav,source=null", "virtio", null, "sink=wav:a=b.wav|source=null")]
    [InlineData("null,fault=prepare:EIO@3*2", "null", null, "fault=prepare:EIO@3*2")]
    [InlineData("wav:a,b.wav,fault=period:lost*", "wav", "a,b.wav", "fault=period:lost*")]
    [InlineData("virtio,sink=[null,fault=start:EIO+ack:EIO]", "virtio", null, "sink=null,fault=start:EIO+ack:EIO")]
    [InlineData("virtio,sink=[wav:a,b.wav]", "virtio", null, "sink=wav:a,b.wav")]
    [InlineData("virtio,sink=[virtio,sink=[wav:a,b.wav],source=null],source=loopback:1", "virtio", null, "sink=virtio,sink=[wav:a,b.wav],source=null|source=loopback:1")]
    public void Parse_WellFormed_GivesItsParts(string text, string name, string? argument, string keys)
    {
        DeviceString device = DeviceString.Parse(text, DeviceTable.Default);
        Assert.Equal((name, argument), (device.Factory.Name, device.Argument));
        Assert.Equal(keys, string.Join('|', device.Keys.OrderBy(static k => k.Key).Select(static k => $"{k.Key}={k.Value}")));
    }

    [Theory]
    [InlineData("", "unknown device ''")]
    [InlineData("Null", "this build knows: virtio")]
    [InlineData("coreaudio:default", "unknown device 'coreaudio'")]
    [InlineData("alsa", "lacks its NAME; it is written alsa:NAME")]
    [InlineData("null:x", "takes no ':x'")]
    [InlineData("null,x=1", "no key 'x'; its keys are: fault")]
    [InlineData("null,fault=prepare", "takes an errno such as EIO, or delay=TIME")]
    [InlineData("null,fault=frob:EIO", "'frob' in fault 'frob:EIO' is no op")]
    [InlineData("null,fault=pointer:stuck@0", "no whole number from 1")]
    [InlineData("wav", "lacks its PATH")]
    [InlineData("wav:", "lacks its PATH")]
    [InlineData("wav,x", "lacks its PATH")]
    [InlineData("loopback:", "lacks its CABLE")]
    [InlineData("virtio:x", "takes no ':x'")]
    [InlineData("virtio,", "no key ''; its keys are: transport, sink, source, quirk, wav, clock, qemu")]
    [InlineData("virtio,speaker=null", "no key 'speaker'; its keys are: transport, sink, source, quirk, wav, clock, qemu")]
    [InlineData("virtio,sink", "key 'sink' in 'virtio,sink' has no value")]
    [InlineData("virtio,sink=[]", "has no value")]
    [InlineData("virtio,sink=null,sink=null", "given twice")]
    [InlineData("virtio,sink=[wav:a", "'[' without its ']'")]
    [InlineData("virtio,sink=wav:a]", "']' without its '['")]
    public void Parse_Malformed_IsAUsageErrorThatHelps(string text, string message)
    {
        CliException e = Assert.Throws<CliException>(() => DeviceString.Parse(text, DeviceTable.Default));
        Assert.Equal(CliExitCode.Usage, e.ExitCode);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AnyText_AnswersOrSaysWhyNot() =>
        Gen.Select(Gen.OneOf("virtio", "wav", "null", "loopback", ""), Gen.String[Gen.OneOf(',', ':', '=', '[', ']', 'a', 's'), 0, 12]).Sample((name, rest) =>
        {
            try
            {
                return DeviceString.Parse(name + rest, DeviceTable.Default).Factory.Name.Length > 0;
            }
            catch (CliException e)
            {
                return e.ExitCode == CliExitCode.Usage && e.Message.Length > 0; // anything else that is thrown fails the test
            }
        });
}
