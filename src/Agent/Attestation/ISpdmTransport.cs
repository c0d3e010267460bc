namespace Fleet.Agent.Attestation;

/// <summary>A way to a responder: a message out, a message back, with the transport's padding or without.</summary>
internal interface ISpdmTransport
{
    /// <summary>What the way leads to, for people.</summary>
    string Place { get; }

    /// <summary>Exchanges one message; a secured one travels as its own kind of object.</summary>
    /// <exception cref="SpdmTransportException">No response came within the patience, or none that is one.</exception>
    Task<ReadOnlyMemory<byte>> ExchangeAsync(ReadOnlyMemory<byte> message, bool secured, TimeSpan patience, CancellationToken ct);
}
