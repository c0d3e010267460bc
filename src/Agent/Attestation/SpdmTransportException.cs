namespace Fleet.Agent.Attestation;

/// <summary>A responder could not be reached, or what came back is no response.</summary>
internal sealed class SpdmTransportException(string message, Exception? cause = null) : IOException(message, cause);
