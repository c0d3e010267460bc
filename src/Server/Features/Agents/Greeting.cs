namespace Fleet.Server.Features.Agents;

/// <summary>What a connection's hello agreed on.</summary>
/// <param name="epoch">Life of the agent's spool: its batches are of this one.</param>
/// <param name="paced">Whether the agent understands that it is to wait.</param>
internal sealed class Greeting(long epoch, bool paced)
{
    public long Epoch => epoch;

    public bool Paced => paced;

    /// <summary>The sequence up to which the epoch is known to be stored. Calls of a connection come one at a time.</summary>
    public long Reached { get; set; }
}
