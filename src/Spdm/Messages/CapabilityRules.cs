namespace Fleet.Spdm.Messages;

/// <summary>Which capability flags may stand together (DSP0274, GET_CAPABILITIES and CAPABILITIES, flag definitions).</summary>
public static class CapabilityRules
{
    private const uint Certificates = 1u << 1;
    private const uint Challenge = 1u << 2;
    private const uint Fresh = 1u << 5;
    private const uint MutualAuthentication = 1u << 8;
    private const uint KeyExchange = 1u << 9;
    private const uint Encapsulation = 1u << 12;
    private const uint PublicKey = 1u << 16;
    private const uint AliasCertificate = 1u << 18;
    private const uint SetCertificate = 1u << 19;
    private const uint SigningRequest = 1u << 20;
    private const uint Events = 1u << 25;
    private const uint KeyPairInfo = 1u << 28;

    // ENCRYPT, MAC: one of them makes a session; HANDSHAKE_IN_THE_CLEAR, HBEAT and KEY_UPD mean nothing without one.
    private const uint Protection = 3u << 6;
    private const uint SessionOnly = Protection | (7u << 13);

    /// <summary>What contradicts itself in a responder's flags; null where nothing does.</summary>
    public static string? OfResponder(SpdmVersion version, uint flags)
    {
        uint measurements = (flags >> 3) & 3;
        bool key = Has(flags, Certificates | PublicKey);
        bool later = version >= SpdmVersion.V11;
        bool signs = measurements == 2 || Has(flags, Challenge) || (later && Has(flags, KeyExchange)) || (version >= SpdmVersion.V13 && ((flags >> 22) & 3) == 2);
        return measurements == 3 ? "MEAS_CAP is 3."
            : measurements == 0 && Has(flags, Fresh) ? "MEAS_FRESH_CAP without MEAS_CAP."
            : version == SpdmVersion.V10 && measurements != 2 && Has(flags, Certificates) != Has(flags, Challenge) ? "Only one of CERT_CAP and CHAL_CAP."
            : !later ? null
            : Has(flags, Certificates) && Has(flags, PublicKey) ? "Both CERT_CAP and PUB_KEY_ID_CAP."
            : (signs || Has(flags, MutualAuthentication)) && !key ? "A signing capability without CERT_CAP or PUB_KEY_ID_CAP."
            : key && !signs ? "CERT_CAP or PUB_KEY_ID_CAP without a use of the key."
            : Sessions(flags) ?? Since12(version, flags) ?? Since13(version, flags);
    }

    /// <summary>What contradicts itself in a requester's flags; null where nothing does. 1.0 sends none.</summary>
    public static string? OfRequester(SpdmVersion version, uint flags)
    {
        bool key = Has(flags, Certificates | PublicKey);
        bool uses = Has(flags, Challenge | KeyExchange) || (version >= SpdmVersion.V13 && ((flags >> 22) & 3) == 2);
        return version < SpdmVersion.V11 ? null
            : ((flags >> 10) & 3) > 1 ? "PSK_CAP is a reserved value."
            : Has(flags, Certificates) && Has(flags, PublicKey) ? "Both CERT_CAP and PUB_KEY_ID_CAP."
            : key && !uses ? "CERT_CAP or PUB_KEY_ID_CAP without a use of the key."
            : !key && Has(flags, Challenge | MutualAuthentication) ? "CHAL_CAP or MUT_AUTH_CAP without CERT_CAP or PUB_KEY_ID_CAP."
            : version == SpdmVersion.V11 && Has(flags, MutualAuthentication) && !Has(flags, Encapsulation) ? "MUT_AUTH_CAP without ENCAP_CAP."
            : Sessions(flags)
            ?? (version < SpdmVersion.V13 ? null
                : ((flags >> 22) & 3) == 3 ? "EP_INFO_CAP is 3."
                : ((flags >> 26) & 3) == 3 ? "MULTI_KEY_CAP is 3."
                : ((flags >> 26) & 3) != 0 && Has(flags, PublicKey) ? "MULTI_KEY_CAP with PUB_KEY_ID_CAP."
                : Has(flags, Events) && !Exchanges(flags) ? "EVENT_CAP without a session capability."
                : null);
    }

    private static string? Sessions(uint flags) =>
        Exchanges(flags) && !Has(flags, Protection) ? "KEY_EX_CAP or PSK_CAP without MAC_CAP and ENCRYPT_CAP."
        : !Exchanges(flags) && Has(flags, SessionOnly) ? "A session's capability without KEY_EX_CAP and PSK_CAP."
        : null;

    private static string? Since12(SpdmVersion version, uint flags) => version < SpdmVersion.V12 ? null
        : Has(flags, AliasCertificate | SetCertificate) && !Has(flags, Certificates) ? "ALIAS_CERT_CAP or SET_CERT_CAP without CERT_CAP."
        : Has(flags, SigningRequest) && !Has(flags, SetCertificate) ? "CSR_CAP without SET_CERT_CAP."
        : null;

    private static string? Since13(SpdmVersion version, uint flags) => version < SpdmVersion.V13 ? null
        : ((flags >> 22) & 3) == 3 ? "EP_INFO_CAP is 3."
        : ((flags >> 26) & 3) == 3 ? "MULTI_KEY_CAP is 3."
        : ((flags >> 26) & 3) != 0 && (!Has(flags, Certificates) || !Has(flags, KeyPairInfo)) ? "MULTI_KEY_CAP without CERT_CAP and GET_KEY_PAIR_INFO_CAP."
        : null;

    private static bool Exchanges(uint flags) => Has(flags, KeyExchange | (3u << 10));

    private static bool Has(uint flags, uint any) => (flags & any) != 0;
}
