namespace Fleet.Spdm.Requesting;

/// <summary>What to send next: after a delay, these bytes; the response may take as long as said.</summary>
public sealed record RequesterTurn(ReadOnlyMemory<byte> Request, TimeSpan Delay, TimeSpan Patience)
{
    /// <summary>Whether the bytes are a record of a session and go as a secured message; so is the response.</summary>
    public bool IsSecured { get; init; }
}
