using Fleet.Server.Identity.Agents;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

/// <summary>One connection of an agent, from when it was let in.</summary>
/// <param name="credential">What it came in with.</param>
/// <param name="context">The connection itself.</param>
/// <param name="opened">Timestamp of when it was let in.</param>
internal sealed class AgentConnection(AgentCredential credential, HubCallerContext context, long opened)
{
    private volatile Greeting? _greeting;

    public string Id => context.ConnectionId;

    public AgentCredential Credential => credential;

    public long Opened => opened;

    /// <summary>What its hello agreed on; null until it was accepted.</summary>
    public Greeting? Greeting
    {
        get => _greeting;
        set => _greeting = value;
    }

    /// <summary>Ends with the connection.</summary>
    public CancellationToken Aborted => context.ConnectionAborted;

    public void Abort() => context.Abort();
}
