namespace Fleet.Agent.Uplink;

/// <summary>The server refused this host at its door.</summary>
internal sealed class LinkRefusedException(LinkRefusal refusal) : IOException($"the server refuses this host ({refusal.Reason}): {refusal.Detail}")
{
    public LinkRefusal Refusal { get; } = refusal;
}
