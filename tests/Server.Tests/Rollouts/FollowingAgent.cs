using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Server.Live;
using Fleet.Server.Tests.Host;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Server.Tests.Rollouts;

/// <summary>An agent that judges what it is assigned with the agent's own code; when it asks and reports is up to the test.</summary>
internal sealed class FollowingAgent : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-follows-").FullName;
    private readonly PolicyTrust _trust;

    private FollowingAgent(TestAgent link, string policyKey)
    {
        Link = link;
        _trust = new PolicyTrust(policyKey);
        Assignments = new Assignments(_directory, _ => { }, _ => { }, TimeProvider.System, NullLogger.Instance);
    }

    public TestAgent Link { get; }

    public HostId Id => Link.Id;

    public Assignments Assignments { get; }

    public IEnumerable<string> InForce => Assignments.Applied.Select(policy => policy.Name);

    public static async Task<FollowingAgent> JoinedAsync(TestServer server, string name)
    {
        FollowingAgent agent = new(await TestAgent.JoinedAsync(server, name), server.Services.GetRequiredService<IAssignments>().PublicKey);
        await agent.Link.ConnectAsync();
        return agent;
    }

    /// <summary>Asks for the assignment, judges it, says what is in force.</summary>
    public async Task FollowAsync()
    {
        if (await FetchAsync() is { } signed)
        {
            Take(signed);
        }
        else
        {
            Assignments.Confirmed();
        }

        await ReportAsync();
    }

    public void Take(SignedAssignment signed) => Assignments.Accept(signed, Id, _trust);

    /// <summary>Asks as one that has nothing yet.</summary>
    public async Task<SignedAssignment> FetchAnewAsync() =>
        (await Link.Hub.InvokeAsync<SignedAssignment?>(nameof(IAgentHub.FetchAssignment), null, TestContext.Current.CancellationToken))!;

    public Task<SignedAssignment?> FetchAsync() =>
        Link.Hub.InvokeAsync<SignedAssignment?>(nameof(IAgentHub.FetchAssignment), Assignments.Tag, TestContext.Current.CancellationToken);

    public Task ReportAsync() => SayAsync(new StateReport(Assignments.Generation, Assignments.Applied, [], 0, Assignments.Rejected, RejectedGeneration: Assignments.RejectedGeneration));

    public Task SayAsync(StateReport report) => Link.Hub.InvokeAsync(nameof(IAgentHub.ReportState), report, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
