namespace Fleet.Spdm;

/// <summary>Message codes, the header's second byte (DSP0274, table of request and response codes).</summary>
public enum SpdmCode : byte
{
    /// <summary>No code.</summary>
    None = 0,

    /// <summary>DIGESTS.</summary>
    Digests = 0x01,

    /// <summary>CERTIFICATE.</summary>
    Certificate = 0x02,

    /// <summary>CHALLENGE_AUTH.</summary>
    ChallengeAuth = 0x03,

    /// <summary>VERSION.</summary>
    Version = 0x04,

    /// <summary>CHUNK_RESPONSE (1.2).</summary>
    ChunkResponse = 0x06,

    /// <summary>MEASUREMENTS.</summary>
    Measurements = 0x60,

    /// <summary>CAPABILITIES.</summary>
    Capabilities = 0x61,

    /// <summary>ALGORITHMS.</summary>
    Algorithms = 0x63,

    /// <summary>KEY_EXCHANGE_RSP (1.1).</summary>
    KeyExchangeResponse = 0x64,

    /// <summary>FINISH_RSP (1.1).</summary>
    FinishResponse = 0x65,

    /// <summary>END_SESSION_ACK (1.1).</summary>
    EndSessionAck = 0x6C,

    /// <summary>MEASUREMENT_EXTENSION_LOG (1.3).</summary>
    MeasurementLog = 0x6F,

    /// <summary>ERROR.</summary>
    Error = 0x7F,

    /// <summary>GET_DIGESTS.</summary>
    GetDigests = 0x81,

    /// <summary>GET_CERTIFICATE.</summary>
    GetCertificate = 0x82,

    /// <summary>CHALLENGE.</summary>
    Challenge = 0x83,

    /// <summary>GET_VERSION.</summary>
    GetVersion = 0x84,

    /// <summary>CHUNK_GET (1.2).</summary>
    ChunkGet = 0x86,

    /// <summary>GET_MEASUREMENTS.</summary>
    GetMeasurements = 0xE0,

    /// <summary>GET_CAPABILITIES.</summary>
    GetCapabilities = 0xE1,

    /// <summary>NEGOTIATE_ALGORITHMS.</summary>
    NegotiateAlgorithms = 0xE3,

    /// <summary>KEY_EXCHANGE (1.1).</summary>
    KeyExchange = 0xE4,

    /// <summary>FINISH (1.1).</summary>
    Finish = 0xE5,

    /// <summary>END_SESSION (1.1).</summary>
    EndSession = 0xEC,

    /// <summary>GET_MEASUREMENT_EXTENSION_LOG (1.3).</summary>
    GetMeasurementLog = 0xEF,

    /// <summary>RESPOND_IF_READY.</summary>
    RespondIfReady = 0xFF,
}
