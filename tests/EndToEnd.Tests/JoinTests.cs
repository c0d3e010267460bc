using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;

namespace Fleet.EndToEnd.Tests;

/// <summary>Agents that may not join are told why, and end.</summary>
public sealed class JoinTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Join_UsedToken_IsRefusedWithWhatToDo()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("join-used"));
        string token = await server.TokenAsync();
        await using (Daemon first = Agent(server.Agents, token, "join-used-first"))
        {
            await first.UntilAsync(
                async () => (await server.Api.ListHostsAsync(new())).Items.Any(host => host.State == "live"), Soon, "the first agent had joined");
        }

        await using Daemon second = Agent(server.Agents, token, "join-used-second");

        Assert.NotEqual(0, await second.WaitAsync(Soon));
        Assert.Contains("refuses the join token", second.Said, StringComparison.Ordinal);
        Assert.Contains("fleet-server token create", second.Said, StringComparison.Ordinal);
        Assert.Single((await server.Api.ListHostsAsync(new(), TestContext.Current.CancellationToken)).Items);
    }

    [Fact]
    public async Task Join_ExpiredToken_IsRefused()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("join-expired"));
        string token = await server.TokenAsync();
        await ExpireAsync(server);

        await using Daemon agent = Agent(server.Agents, token, "join-expired-agent");

        Assert.NotEqual(0, await agent.WaitAsync(Soon));
        Assert.Contains("expired", agent.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_WrongSecret_IsRefusedAndSaysNoSecret()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("join-wrong"));
        string token = await server.TokenAsync();
        string wrong = "fleetjoin_abcdefghijklmnopqrstuvwxyz012345" + token[token.LastIndexOf('.')..];

        await using Daemon agent = Agent(server.Agents, wrong, "join-wrong-agent");

        Assert.NotEqual(0, await agent.WaitAsync(Soon));
        Assert.Contains("refuses the join token", agent.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("abcdefghijklmnopqrstuvwxyz012345", agent.Said + server.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("fleetjoin_short.1234")]
    public async Task Join_TextThatIsNoToken_IsNamed(string text)
    {
        await using Daemon agent = Agent("https://127.0.0.1:9", text, "join-nonsense");

        Assert.NotEqual(0, await agent.WaitAsync(Soon));
        Assert.Contains("not a join token", agent.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_ServerWithAnotherAuthority_IsNotTrusted()
    {
        await using ServerUnderTest named = await ServerUnderTest.StartAsync(Places.NewData("join-named"));
        await using ServerUnderTest other = await ServerUnderTest.StartAsync(Places.NewData("join-other"));
        string token = await named.TokenAsync();

        await using Daemon agent = Agent(other.Agents, token, "join-other-agent");

        Assert.NotEqual(0, await agent.WaitAsync(Soon));
        Assert.Contains("is not the one this token names", agent.Said, StringComparison.Ordinal);
        Assert.Empty((await other.Api.ListHostsAsync(new(), TestContext.Current.CancellationToken)).Items);
    }

    [Fact]
    public async Task Agent_WithoutRootInAnUnreadableDirectory_JoinsAndSaysWhatIsReduced()
    {
        Places.Need(Environment.IsPrivilegedProcess && Shell.Has("runuser"), "Needs root, to become somebody else.");
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("join-nobody"));
        string token = await server.TokenAsync();
        DirectoryInfo unreadable = Directory.CreateTempSubdirectory("fleet-unreadable-");
        DirectoryInfo copy = Directory.CreateTempSubdirectory("fleet-nobody-");
        (await Shell.RunAsync("cp", "-r", Path.GetDirectoryName(Places.Agent)!, Path.Combine(copy.FullName, "agent"))).Succeeded();
        (await Shell.RunAsync("chown", "-R", "nobody", copy.FullName)).Succeeded();

        try
        {
            await using Daemon agent = Daemon.Start(
                "env", "-C", unreadable.FullName, "runuser", "-u", "nobody", "--", Path.Combine(copy.FullName, "agent", "fleet-agent"), "run", "--server", server.Agents, "--token", token,
                "--data", Path.Combine(copy.FullName, "data"), "--run", Path.Combine(copy.FullName, "run"));
            HostView? host = null;
            await agent.UntilAsync(
                async () => (host = (await server.Api.ListHostsAsync(new())).Items.SingleOrDefault(item => item.Facts is not null)) is not null, Soon, "it had said hello");

            Assert.Contains(host!.Facts!.Reduced, sentence => sentence.Contains("root", StringComparison.Ordinal));
            Assert.Equal("none", host.Facts.Intercept);
        }
        finally
        {
            copy.Delete(recursive: true);
            unreadable.Delete();
        }
    }

    private static Daemon Agent(string server, string token, string name)
    {
        string data = Places.NewData(name);
        return Daemon.Start(
            Places.Agent, "run", "--server", server, "--token", token, "--data", Path.Combine(data, "agent"), "--run", Path.Combine(data, "run"), "--no-mirror");
    }

    /// <summary>Moves the end of every token into the past, as waiting for an hour would.</summary>
    private static async Task ExpireAsync(ServerUnderTest server)
    {
        await using SqliteConnection connection = new($"Data Source={Path.Combine(server.Data, "fleet.db")};Pooling=False");
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "UPDATE join_tokens SET Expires = Created";
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
