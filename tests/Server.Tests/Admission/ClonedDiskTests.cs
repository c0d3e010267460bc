using Fleet.Contracts;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Tests.Host;
using Fleet.Testing;

namespace Fleet.Server.Tests.Admission;

/// <summary>A disk copied with its key: two machines that prove to be one host.</summary>
[Collection(SharedServer.Name)]
public sealed class ClonedDiskTests(TestServer server) : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);
    private readonly Gate _gate = new(server);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Connect_CopyOfAConnectedHost_TheNewestWins()
    {
        await using TestAgent original = await TestAgent.JoinedAsync(server, "moved");
        await using TestAgent copy = original.Clone();
        await original.ConnectAsync(boot: "first");

        Assert.True(await Gate.ComesInAsync(copy, "second"));

        await WaitFor.TrueAsync(() => original.Ended);
        Assert.False(copy.Ended);
        Assert.Null((await _gate.HostAsync(original.Id)).Value.ConnectedTwice);
    }

    [Fact]
    public async Task Connect_TheFirstComesBack_IsFoundOutToldOnceAndTheirFlappingEnds()
    {
        await using TestAgent original = await TestAgent.JoinedAsync(server, "cloned-disk");
        await using TestAgent copy = original.Clone();
        await original.ConnectAsync(boot: "first");
        await copy.ConnectAsync(boot: "second");

        HelloReply refused = await original.ConnectAsync(boot: "first");
        HelloReply again = await original.ConnectAsync(boot: "first");

        Assert.Contains("copy of the other's disk", refused.Refused);
        Assert.NotNull(again.Refused);
        Assert.Equal(60_000, refused.RetryAfterMilliseconds);
        Assert.False(copy.Ended);
        HostView host = (await _gate.HostAsync(original.Id)).Value;
        Assert.NotNull(host.ConnectedTwice);
        Assert.Contains("first", host.ConnectedTwiceNote);
        Assert.Single((await _gate.Api.ListHostsAsync(new("twice:true and name:cloned-disk"), TestContext.Current.CancellationToken)).Items);
        await WaitFor.TrueAsync(async () => (await _gate.EventsAsync($"kind:host.state and host:{original.Id} and detail:*twice*")).Count is 1);
        Assert.Contains((await _gate.Api.GetOverviewAsync(TestContext.Current.CancellationToken)).Attention, item => item.Subject is "cloned-disk" && item.What.Contains("twice", StringComparison.Ordinal));
        await _gate.ScrapedAsync(@"pcifleet_connected_twice_hosts(\{[^}]*\})? [1-9]");
    }

    [Fact]
    public async Task Connect_TheOtherIsGone_ComesInAndBeginsAnEpochOfItsOwn()
    {
        await using TestAgent original = await TestAgent.JoinedAsync(server, "epochs");
        await using TestAgent copy = original.Clone();
        await original.ConnectAsync(boot: "first");
        await copy.ConnectAsync(boot: "second");
        await copy.DisposeAsync();
        await WaitFor.TrueAsync(() => server.IsFree(original.Id));

        HelloReply reply = await original.ConnectAsync(epoch: 7, boot: "first");

        Assert.Null(reply.Refused);
        Assert.Equal(long.MaxValue, reply.AcknowledgedSequence);
        Assert.Equal(0, (await original.ConnectAsync(epoch: 8, boot: "first")).AcknowledgedSequence);
    }

    [Theory]
    [InlineData("a a a", "WWW")]
    [InlineData("a b c d e f", "WWWWWW")]
    [InlineData("a b b b", "WWWW")]
    [InlineData("a b a", "WWR")]
    [InlineData("a b a a a b", "WWRRRW")]
    [InlineData("a b a c a", "WWRWR")]
    public void Take_Boots_AreJudged(string boots, string outcomes)
    {
        IdentityTurns turns = IdentityTurns.None;
        string judged = "";
        foreach (string boot in boots.Split(' '))
        {
            (turns, TurnOutcome outcome) = turns.Take(new Greeter(boot, "192.0.2.1"), occupied: true, Now);
            judged += outcome.ToString()[0];
        }

        Assert.Equal(outcomes, judged);
    }

    [Theory]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("two words\nand a line")]
    [InlineData("")]
    [InlineData("ööööööööööööööööööööööööööööööööööööööööööööööööööööö")]
    public void Turn_WhateverTheAgentSays_IsAShortLineThatComesBackTheSame(string boot)
    {
        Turn told = new(new HostId(Guid.CreateVersion7()), TurnOutcome.Proven, Greeter.Of(boot, "fe80:1111:2222:3333:4444:5555:6666:7777%enp129s0f1"), Now);

        string text = told.ToString();

        Assert.InRange(text.Length, 1, 200);
        Assert.DoesNotContain('\n', text);
        Assert.True(Turn.TryParse(text, out Turn? heard));
        Assert.Equal(told, heard);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b c d")]
    [InlineData("0197e3f2d1c87a6fb0123456789abcde Proven 192.0.2.1 zz 1")]
    [InlineData("0197e3f2d1c87a6fb0123456789abcde Seven 192.0.2.1 61 1")]
    [InlineData("0197e3f2d1c87a6fb0123456789abcde 7 192.0.2.1 61 1")]
    [InlineData("0197e3f2d1c87a6fb0123456789abcde Proven 192.0.2.1 61 -1")]
    [InlineData("0197e3f2d1c87a6fb0123456789abcde Proven 192.0.2.1 61 9223372036854775807")]
    public void Turn_OfAnotherForm_IsNoTurn(string text) => Assert.False(Turn.TryParse(text, out _));

    [Fact]
    public void TakeOvertaken_NewsThatComesLate_MakesNobodyNewerThanWhoIs()
    {
        (IdentityTurns turns, _) = IdentityTurns.None.Take(new Greeter("b", "192.0.2.2"), false, Now);

        Assert.True(turns.Overtakes(Now.AddMilliseconds(-20)));
        Assert.False(turns.Overtakes(Now));
        Assert.False(turns.Overtakes(Now.AddHours(-1)));
        turns = turns.TakeOvertaken(new Greeter("a", "192.0.2.1"));

        Assert.Equal(TurnOutcome.Welcome, turns.Take(new Greeter("b", "192.0.2.2"), true, Now).Outcome);
        Assert.Equal(TurnOutcome.Refused, turns.Take(new Greeter("a", "192.0.2.1"), true, Now).Outcome);
        foreach (string boot in new[] { "c", "d", "e", "f" })
        {
            turns = turns.TakeOvertaken(new Greeter(boot, "192.0.2.3"));
        }

        Assert.Equal(["d", "e", "f", "b"], turns.Recent.Select(greeter => greeter.Boot));
    }

    [Fact]
    public void Take_ReturnOfABootToAFreeIdentity_IsProvenAndLetIn()
    {
        (IdentityTurns turns, _) = IdentityTurns.None.Take(new Greeter("a", "192.0.2.1"), false, Now);
        (turns, _) = turns.Take(new Greeter("b", "192.0.2.2"), false, Now);

        (turns, TurnOutcome outcome) = turns.Take(new Greeter("a", "192.0.2.1"), false, Now);

        Assert.Equal(TurnOutcome.Proven, outcome);
        Assert.Contains("192.0.2.2", turns.Note());
    }
}
