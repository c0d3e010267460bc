using Fleet.Contracts;

namespace Fleet.Server.Features.Agents;

/// <summary>What a connection's hello agreed on.</summary>
/// <param name="epoch">Life of the agent's spool: its batches are of this one.</param>
/// <param name="protocol">What the agent speaks.</param>
internal sealed class Greeting(long epoch, int protocol)
{
    public long Epoch => epoch;

    /// <summary>Whether the agent understands that it is to wait.</summary>
    public bool Paced => protocol >= LinkProtocol.PacingSince;

    /// <summary>Whether the agent takes the root's lists of policy keys.</summary>
    public bool KnowsPolicyKeys => protocol >= LinkProtocol.PolicyKeysSince;

    /// <summary>The sequence up to which the epoch is known to be stored. Calls of a connection come one at a time.</summary>
    public long Reached { get; set; }
}
