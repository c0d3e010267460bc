namespace Fleet.Agent.Uplink;

/// <summary>The server knows this host's certificate and does not let it in.</summary>
/// <param name="Reason">One of <see cref="Fleet.Contracts.Refusals"/>, or what a later server says.</param>
/// <param name="Detail">What happened and what to do, in the server's words.</param>
internal sealed record LinkRefusal(string Reason, string Detail);
