namespace Fleet.Agent.Uplink;

/// <summary>The server and this agent cannot talk; the connection is given up and made again later.</summary>
internal sealed class LinkException(string message) : IOException(message);
