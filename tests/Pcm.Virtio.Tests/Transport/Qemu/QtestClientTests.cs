namespace Pcm.Virtio.Tests.Transport.Qemu;

/// <summary>The qtest client before a QEMU that says anything: each request ends with a clear error in time, and nothing stays behind.</summary>
public sealed class QtestClientTests : IDisposable
{
    private readonly ScriptedPeer _peer = new();
    private readonly QtestClient _client;

    public QtestClientTests() => _client = new QtestClient(_peer.Client, _peer, ScriptedPeer.Timeout, _peer.Time);

    [Theory]
    [InlineData("OK 0x12345678\n")]
    [InlineData("OK 12345678\r\n")]
    [InlineData("IRQ raise 3\nOK 0x12345678\nIRQ lower 3\n")]
    public async Task Answer_InAnyPieces_IsTheValue(string answer)
    {
        Task<ulong> asking = AskAsync();
        foreach (char c in answer)
        {
            _peer.Send(c.ToString());
        }

        Assert.Equal(0x12345678u, await asking);
    }

    [Theory]
    [InlineData("FAIL Unknown command\n", "FAIL Unknown command")]
    [InlineData("nonsense\n", "nonsense")]
    [InlineData("\n", "''")]
    [InlineData("OK 0xzz\n", "OK 0xzz")]
    [InlineData("OK 0x123456789abcdef01\n", "OK 0x123456789abcdef01")]
    public async Task Answer_ThatIsNone_IsThatRequestsErrorOnly(string answer, string said)
    {
        Task<ulong> asking = AskAsync();
        _peer.Send(answer);
        VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(() => asking);
        Assert.Equal(PcmError.IO, e.Error);
        Assert.Contains("readl 0x1000", e.Message, StringComparison.Ordinal);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);

        asking = AskAsync();
        _peer.Send("OK 0x1\n");
        Assert.Equal(1u, await asking);
    }

    [Theory]
    [InlineData("IRQ raise\n")]
    [InlineData("IRQ raise many\n")]
    [InlineData("IRQ raise 3 4\n")]
    [InlineData("IRQ raise 99999999999\n")]
    [InlineData("IRQ shake 3\n")]
    [InlineData("IRQ \n")]
    public async Task Irq_ThatIsNone_EndsTheConnection(string line)
    {
        Task<ulong> asking = AskAsync();
        _peer.Send(line);
        await AssertEndedAsync(asking, PcmError.IO, "an interrupt that is none");
    }

    /// <summary>Which lines there are is the host's to know.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public async Task Irq_OfAnyNumber_IsToldAndHarmless(int number)
    {
        Task<ulong> asking = AskAsync();
        _peer.Send($"IRQ raise {number}\nIRQ lower {number}\nOK 0x7\n");
        Assert.Equal(7u, await asking);
        _peer.WaitForIrqs(2);
        Assert.Equal([(number, true), (number, false)], _peer.Irqs);
    }

    [Fact]
    public async Task Line_WithoutEnd_EndsTheConnection()
    {
        Task<ulong> asking = AskAsync();
        _peer.Send(new string('x', 5000));
        await AssertEndedAsync(asking, PcmError.IO, "a line of more than 4096 bytes");
    }

    [Fact]
    public async Task Answer_ThatNobodyAskedFor_EndsTheConnection()
    {
        _peer.Send("OK 0x1\n");
        _peer.Closed.Wait(TestContext.Current.CancellationToken);
        await AssertEndedAsync(ScriptedPeer.OnThread(() => _client.ReadMemory(0x1000, 4)), PcmError.IO, "answered nothing that was asked");
    }

    [Theory]
    [InlineData("")]
    [InlineData("OK 0x1")]
    [InlineData("IRQ rai")]
    public async Task Connection_ClosedInTheMiddle_EndsTheRequest(string part)
    {
        Task<ulong> asking = AskAsync();
        _peer.Send(part);
        _peer.Close();
        VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(() => asking);
        Assert.Equal(PcmError.NoDevice, e.Error);
        Assert.True(_peer.Closed.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("OK 0x")]
    [InlineData("IRQ raise 1\n")]
    public async Task Answer_ThatDoesNotCome_EndsTheConnectionWhenItsTimeIsOver(string instead)
    {
        Task<ulong> asking = AskAsync();
        _peer.Send(instead);
        _peer.Time.Advance(ScriptedPeer.Timeout - TimeSpan.FromMilliseconds(1));
        Assert.False(asking.IsCompleted);
        _peer.Time.Advance(TimeSpan.FromMilliseconds(2));
        await AssertEndedAsync(asking, PcmError.TimedOut, $"did not answer 'readl 0x1000' within {ScriptedPeer.Timeout}");
    }

    /// <summary>It must not be taken for the answer to the next request.</summary>
    [Fact]
    public async Task Answer_AfterTheTimeOut_IsNobodys()
    {
        Task<ulong> asking = AskAsync();
        _peer.Time.Advance(ScriptedPeer.Timeout + TimeSpan.FromMilliseconds(1));
        VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(() => asking);
        Assert.Equal(PcmError.TimedOut, e.Error);
        _peer.Send("OK 0x1\n");
        Assert.Equal(PcmError.TimedOut, (await Assert.ThrowsAsync<VirtioTransportException>(() => ScriptedPeer.OnThread(() => _client.ReadMemory(0x1000, 4)))).Error);
    }

    /// <summary>The time of a request is its own: one that was answered long after another began does not end it.</summary>
    [Fact]
    public async Task Answer_InTime_IsNotEndedByAnOlderRequestsWatch()
    {
        Task<ulong> asking = AskAsync();
        _peer.Time.Advance(ScriptedPeer.Timeout - TimeSpan.FromSeconds(1));
        _peer.Send("OK 0x1\n");
        Assert.Equal(1u, await asking);
        asking = AskAsync();
        _peer.Time.Advance(ScriptedPeer.Timeout - TimeSpan.FromSeconds(1));
        Assert.False(asking.IsCompleted);
        _peer.Send("OK 0x2\n");
        Assert.Equal(2u, await asking);
    }

    [Fact]
    public async Task Doorbell_ThatIsNotAnswered_EndsTheConnectionToo()
    {
        _client.Post(0x2000, 2, 1);
        Assert.Equal("writew 0x2000 0x1", _peer.ReceiveLine());
        _peer.Time.Advance(ScriptedPeer.Timeout + TimeSpan.FromMilliseconds(1));
        Assert.True(_peer.Closed.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        _client.Post(0x2000, 2, 1); // not told, and no exception
        await AssertEndedAsync(ScriptedPeer.OnThread(() => _client.ReadMemory(0x1000, 4)), PcmError.TimedOut, "did not answer 'writew 0x2000 0x1'");
    }

    [Fact]
    public async Task Doorbell_ThatFails_IsPastAndTheNextOneIsSent()
    {
        _client.Post(0x2000, 2, 1);
        _client.Post(0x2000, 2, 1);
        _client.Post(0x2000, 2, 1); // one with the second
        Assert.Equal("writew 0x2000 0x1", _peer.ReceiveLine());
        _peer.Send("FAIL\n");
        Assert.Equal("writew 0x2000 0x1", _peer.ReceiveLine());
        Task<ulong> asking = AskAsync();
        _peer.Send("OK\nOK 0x5\n");
        Assert.Equal(5u, await asking);
        Assert.Equal((2L, 1L, 2), (_client.Posts, _client.Requests, _peer.Posted));
    }

    [Fact]
    public async Task Dispose_WhileARequestWaits_EndsIt()
    {
        Task<ulong> asking = AskAsync();
        _client.Dispose();
        Assert.Equal(PcmError.NoDevice, (await Assert.ThrowsAsync<VirtioTransportException>(() => asking)).Error);
        Assert.True(_peer.Closed.IsSet); // the reader has left
        Assert.True(_peer.IsLetGo());
    }

    public void Dispose()
    {
        _client.Dispose(); // joins the reader
        Assert.True(_peer.Closed.IsSet);
        _peer.Dispose();
    }

    /// <summary>A read that waits, and whose line has arrived.</summary>
    private Task<ulong> AskAsync()
    {
        Task<ulong> asking = ScriptedPeer.OnThread(() => _client.ReadMemory(0x1000, 4));
        Assert.Equal("readl 0x1000", _peer.ReceiveLine());
        return asking;
    }

    private async Task AssertEndedAsync(Task<ulong> asking, PcmError error, string message)
    {
        VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(() => asking);
        Assert.Equal(error, e.Error);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.True(_peer.Closed.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(_peer.IsLetGo());

        // And so do all after it, at once.
        Assert.Equal(error, (await Assert.ThrowsAsync<VirtioTransportException>(() => ScriptedPeer.OnThread(() => _client.ReadMemory(0x1000, 4)))).Error);
    }
}
