namespace Fleet.Spdm.Evidence;

/// <summary>A message as it crossed the transport, padding included or not; evidence is a list of them in wire order.</summary>
public sealed record RawMessage(bool IsRequest, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Whether it crossed as a secured message, a record of a session.</summary>
    public bool IsSecured { get; init; }
}
