namespace Fleet.Spdm.Requesting;

/// <summary>What to send next: after a delay, these bytes; the response may take as long as said.</summary>
public sealed record RequesterTurn(ReadOnlyMemory<byte> Request, TimeSpan Delay, TimeSpan Patience);
