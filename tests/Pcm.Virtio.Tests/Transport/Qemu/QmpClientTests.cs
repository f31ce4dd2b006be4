namespace Pcm.Virtio.Tests.Transport.Qemu;

/// <summary>The monitor's client before a QEMU that says anything: each command ends with a clear error in time, and nothing stays behind.</summary>
public sealed class QmpClientTests : IDisposable
{
    private const string Greeting = """{"QMP": {"version": {}, "capabilities": []}}""" + "\r\n";

    private readonly ScriptedPeer _peer = new();

    [Fact]
    public async Task Commands_WithEventsAndPieces_AreAnswered()
    {
        using QmpClient client = await ConnectAsync();
        Task<Dictionary<string, string>> listing = ListAsync(client);
        string answer = """{"event": "RESUME"}""" + "\n" + """{"return": [{"name": "a", "type": "t"}, {"name": "b", "type": "u"}]}""" + "\n";
        foreach (char c in answer)
        {
            _peer.Send(c.ToString());
        }

        Assert.Equal(new Dictionary<string, string> { ["a"] = "t", ["b"] = "u" }, await listing);
    }

    [Theory]
    [InlineData("""{"hello": 1}""", PcmError.IO, "does not greet as QMP does")]
    [InlineData("[]", PcmError.IO, "no JSON object")]
    [InlineData("17", PcmError.IO, "no JSON object")]
    [InlineData("QMP", PcmError.IO, "no JSON")]
    [InlineData("", PcmError.IO, "no JSON")]
    [InlineData("{\"QMP\": \"\xff", PcmError.IO, "no JSON")]
    public async Task Greeting_ThatIsNone_IsAnErrorAndLetsTheSocketGo(string greeting, PcmError error, string message)
    {
        _peer.Send(greeting + "\n");
        await AssertFailsAsync(() => new QmpClient(_peer.Client, ScriptedPeer.Timeout, _peer.Time), error, message);
        Assert.True(_peer.IsLetGo());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"QMP\":")]
    public async Task Greeting_ThatDoesNotCome_TimesOut(string part)
    {
        _peer.Send(part);
        Task<QmpClient> connecting = ScriptedPeer.OnThread(() => new QmpClient(_peer.Client, ScriptedPeer.Timeout, _peer.Time));
        _peer.Time.WaitForTimer();
        _peer.Time.Advance(ScriptedPeer.Timeout + TimeSpan.FromMilliseconds(1));
        VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(() => connecting);
        Assert.Equal(PcmError.TimedOut, e.Error);
        Assert.Contains("its greeting", e.Message, StringComparison.Ordinal);
        Assert.True(_peer.IsLetGo());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"ret")]
    [InlineData("{\"event\": \"A\"}\n{\"event\": \"B\"}\n")]
    public async Task Answer_ThatDoesNotCome_TimesOut_AndALateOneIsNobodys(string instead)
    {
        using QmpClient client = await ConnectAsync();
        Task<Dictionary<string, string>> listing = ListAsync(client);
        _peer.Send(instead);
        _peer.Time.Advance(ScriptedPeer.Timeout - TimeSpan.FromMilliseconds(1));
        Assert.False(listing.IsCompleted);
        _peer.Time.Advance(TimeSpan.FromMilliseconds(2));
        VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(() => listing);
        Assert.Equal(PcmError.TimedOut, e.Error);
        Assert.Contains("'qom-list'", e.Message, StringComparison.Ordinal);
        _peer.Send("{\"return\": []}\n");
        await AssertFailsAsync(() => client.ListProperties("/"), PcmError.TimedOut, "'qom-list'");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"return\": [")]
    public async Task Connection_ClosedInTheMiddle_EndsTheCommand(string part)
    {
        using QmpClient client = await ConnectAsync();
        Task<Dictionary<string, string>> listing = ListAsync(client);
        _peer.Send(part);
        _peer.Close();
        Assert.Equal(PcmError.NoDevice, (await Assert.ThrowsAsync<VirtioTransportException>(() => listing)).Error);
        await AssertFailsAsync(() => client.ListProperties("/"), PcmError.NoDevice, "gone");
    }

    [Theory]
    [InlineData("no json\n", "no JSON")]
    [InlineData("[1]\n", "no JSON object")]
    [InlineData("{\"return\": 1}\n", "a form that is none")]
    [InlineData("{\"return\": [{}]}\n", "a form that is none")]
    [InlineData("{\"return\": [{\"name\": 1, \"type\": 2}]}\n", "a form that is none")]
    public async Task Answer_ThatIsNone_IsAnError(string answer, string message)
    {
        using QmpClient client = await ConnectAsync();
        Task<Dictionary<string, string>> listing = ListAsync(client);
        _peer.Send(answer);
        VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(() => listing);
        Assert.Equal(PcmError.IO, e.Error);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_WithoutEnd_EndsTheConnection()
    {
        using QmpClient client = await ConnectAsync();
        Task<Dictionary<string, string>> listing = ListAsync(client);
        _peer.Send(new string('x', 1 << 20));
        VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(() => listing);
        Assert.Equal(PcmError.IO, e.Error);
        Assert.Contains("a line of more than 1048576 bytes", e.Message, StringComparison.Ordinal);
        Assert.True(_peer.IsLetGo());
    }

    [Fact]
    public async Task Refusal_IsQemusWords_AndTheNextCommandWorks()
    {
        using QmpClient client = await ConnectAsync();
        Task<Dictionary<string, string>> listing = ListAsync(client);
        _peer.Send("{\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"no such path\"}}\n");
        VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(() => listing);
        Assert.Equal(PcmError.IO, e.Error);
        Assert.Contains("QEMU refuses 'qom-list'", e.Message, StringComparison.Ordinal);
        Assert.Contains("no such path", e.Message, StringComparison.Ordinal);
        listing = ListAsync(client);
        _peer.Send("{\"return\": []}\n");
        Assert.Empty(await listing);
    }

    public void Dispose() => _peer.Dispose();

    private static async Task AssertFailsAsync<T>(Func<T> work, PcmError error, string message)
    {
        VirtioTransportException e = await Assert.ThrowsAsync<VirtioTransportException>(() => ScriptedPeer.OnThread(work));
        Assert.Equal(error, e.Error);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private async Task<QmpClient> ConnectAsync()
    {
        _peer.Send(Greeting);
        Task<QmpClient> connecting = ScriptedPeer.OnThread(() => new QmpClient(_peer.Client, ScriptedPeer.Timeout, _peer.Time));
        Assert.Equal("""{"execute":"qmp_capabilities"}""", _peer.ReceiveLine());
        _peer.Send("{\"return\": {}}\n");
        return await connecting;
    }

    private Task<Dictionary<string, string>> ListAsync(QmpClient client)
    {
        Task<Dictionary<string, string>> listing = ScriptedPeer.OnThread(() => client.ListProperties("/machine"));
        Assert.Equal("""{"execute":"qom-list","arguments":{"path":"/machine"}}""", _peer.ReceiveLine());
        return listing;
    }
}
