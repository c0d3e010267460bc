using System.Collections.Immutable;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Requesting;

/// <summary>
/// What a requester may say: the exact negotiation of each version, the steps with their nonces, and the freedoms that are left to it: which of the
/// versions (the best common one), where portions begin, the same bytes again after Busy, RESPOND_IF_READY, CHUNK_GET and one new beginning.
/// So the requests follow from the plan and the responses alone.
/// </summary>
public sealed record AttestationPlan
{
    /// <summary>Bytes that a message may have where nothing larger was negotiated; it fits the transports in use.</summary>
    public const int DefaultTransferSize = 4096;

    // ENCRYPT, MAC, KEY_EX and HANDSHAKE_IN_THE_CLEAR.
    private const uint SessionFlags = (1u << 6) | (1u << 7) | (1u << 9) | (1u << 15);

    // ECDH over P-256, P-384 and P-521, AES-GCM, the one key schedule.
    private static readonly ImmutableArray<AlgorithmTable> SessionTables = [new(2, 0x38), new(3, 3), new(5, 1)];

    /// <summary>The versions to speak, each once.</summary>
    public required ImmutableArray<PlanNegotiation> Negotiations { get; init; }

    /// <summary>The steps after the negotiation, in order.</summary>
    public required ImmutableArray<PlanStep> Steps { get; init; }

    /// <summary>The length that GET_CERTIFICATE asks for first; later ones ask for what remains, if that is less.</summary>
    public uint PortionSize { get; init; } = DefaultTransferSize - 16;

    /// <summary>Whether chains are read by 32-bit offsets where version (1.4) and responder allow it.</summary>
    public bool LargeChains { get; init; }

    /// <summary>What the run may cost.</summary>
    public PlanBudget Budget { get; init; } = new();

    /// <summary>The requester's halves of all key exchanges.</summary>
    public IReadOnlyList<Sessions.IKeyAgreement> Agreements => [.. Steps.Select(step => step.Agreement).OfType<Sessions.IKeyAgreement>()];

    /// <summary>The usual attestation of a slot: digests, chain, challenge with a summary of all measurements, all measurements signed.</summary>
    /// <param name="nonces">Makes the two nonces and the contexts.</param>
    /// <param name="slot">The slot, 0 to 7.</param>
    /// <param name="versions">The versions to speak; all that we know where it is empty.</param>
    public static AttestationPlan Standard(NonceSource nonces, byte slot = 0, params ReadOnlySpan<SpdmVersion> versions)
    {
        ArgumentNullException.ThrowIfNull(nonces);
        return new()
        {
            Negotiations = [.. (versions.IsEmpty ? Enum.GetValues<SpdmVersion>() : versions.ToArray()).Select(version => Negotiate(version))],
            Steps =
            [
                new(PlanAction.Digests),
                new(PlanAction.Certificates) { Slot = slot },
                new(PlanAction.Challenge) { Slot = slot, Summary = 0xFF, Nonce = nonces.Nonce(), Context = nonces.Context() },
                new(PlanAction.Measurements) { Slot = slot, Attributes = 1, Operation = 0xFF, Nonce = nonces.Nonce(), Context = nonces.Context() },
            ],
        };
    }

    /// <summary>The bytes that negotiate a version: no capability but chunking on request, all algorithms that we verify unless told otherwise.</summary>
    public static PlanNegotiation Negotiate(
        SpdmVersion version, uint asym = SpdmAlgorithms.Signatures, uint hash = SpdmAlgorithms.Hashes, bool log = false, uint transferSize = DefaultTransferSize, uint? maxMessageSize = null, bool sessions = false)
    {
        bool exchanges = sessions && version >= SpdmVersion.V11;
        uint flags = (maxMessageSize is null || version < SpdmVersion.V12 ? 0 : 1u << 17) | (exchanges ? SessionFlags : 0);
        CapabilitiesRequest capabilities = new(0, 0, 0, flags, transferSize, maxMessageSize ?? transferSize);
        byte opaqueFormat = version >= SpdmVersion.V12 ? (byte)2 : (byte)0;
        AlgorithmsRequest algorithms = new(1, opaqueFormat, asym, hash, 0, log && version >= SpdmVersion.V13 ? (byte)1 : (byte)0, exchanges ? SessionTables : []);
        return new(version, capabilities.Write(version), algorithms.Write(version));
    }
}
