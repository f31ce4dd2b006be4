namespace Pcm.Testing.Tests.Decorators;

public sealed class FaultPlanTests
{
    [Theory]
    [InlineData("prepare:EIO")]
    [InlineData("prepare:EIO@3")]
    [InlineData("start:ETIMEDOUT@2*")]
    [InlineData("hw_params:ENOMEM*4")]
    [InlineData("sync_stop:delay=20ms@5*2")]
    [InlineData("open:delay=500us")]
    [InlineData("pointer:stuck@10*3+pointer:offset=-8@20+pointer:out+pointer:xrun@40")]
    [InlineData("period:lost@3*+period:early+period:xrun@9+period:disconnect@12")]
    [InlineData("clock:drift=-200+clock:jump=50ms@7")]
    [InlineData("ack:EPIPE+copy:EIO+silence:EIO")]
    public void Parse_ThenToString_IsTheSame(string text)
    {
        PcmFaultPlan plan = PcmFaultPlan.Parse(text);
        Assert.Equal(text, plan.ToString());
        Assert.Equal(text.Contains("clock", StringComparison.Ordinal), plan.NeedsClock);
    }

    [Theory]
    [InlineData("", "'' in fault '' is no op")]
    [InlineData("frob:EIO", "the ops are: open, close")]
    [InlineData("prepare", "takes an errno such as EIO, or delay=TIME")]
    [InlineData("prepare:", "takes an errno such as EIO, or delay=TIME")]
    [InlineData("prepare:EFROB", "'EFROB'")]
    [InlineData("prepare:0", "'0'")]
    [InlineData("prepare:EIO@0", "no whole number from 1")]
    [InlineData("prepare:EIO@x", "no whole number from 1")]
    [InlineData("prepare:EIO@", "no whole number from 1")]
    [InlineData("prepare:EIO*0", "no whole number from 1")]
    [InlineData("prepare:delay=5", "is no time; write 500us, 20ms or 2s")]
    [InlineData("ack:delay=5ms", "takes an errno such as EIO.")]
    [InlineData("pointer:EIO", "takes stuck, offset=FRAMES, out, xrun")]
    [InlineData("pointer:offset=x", "is no whole number")]
    [InlineData("period:stuck", "takes lost, early, xrun, disconnect")]
    [InlineData("clock:drift=2000000", "takes jump=TIME, drift=PPM")]
    [InlineData("prepare:EIO+", "is no op")]
    public void Parse_OfSomethingElse_SaysWhatIsExpected(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => PcmFaultPlan.Parse(text)).Message, StringComparison.Ordinal);
}
