namespace Fleet.Spdm;

/// <summary>A protocol version as the header's first byte carries it (DSP0274, GET_VERSION).</summary>
public enum SpdmVersion : byte
{
    /// <summary>Version 1.0; also the version byte of every GET_VERSION and VERSION.</summary>
    V10 = 0x10,

    /// <summary>Version 1.1.</summary>
    V11 = 0x11,

    /// <summary>Version 1.2: signatures cover the negotiation and name their purpose.</summary>
    V12 = 0x12,

    /// <summary>Version 1.3: requester contexts and several keys.</summary>
    V13 = 0x13,

    /// <summary>Version 1.4: large chains and 32-bit chunk numbers.</summary>
    V14 = 0x14,
}
