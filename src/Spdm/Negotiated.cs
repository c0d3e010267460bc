using System.Numerics;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm;

/// <summary>What VERSION, CAPABILITIES and ALGORITHMS fixed for a connection; the later lengths follow from it.</summary>
public sealed record Negotiated(SpdmVersion Version, CapabilitiesRequest Requester, CapabilitiesResponse Responder, AlgorithmsRequest Offer, AlgorithmsResponse Selection)
{
    private const uint ChunkFlag = 1u << 17;

    /// <summary>Bytes of the base hash; 0 where it is none that we verify.</summary>
    public int HashSize => SpdmAlgorithms.HashSize(Selection.BaseHash);

    /// <summary>Bytes of a signature by the responder; 0 where it is none that we verify.</summary>
    public int SignatureSize => SpdmAlgorithms.SignatureSize(Selection.BaseAsym);

    /// <summary>Bytes of a digest in a measurement block; 0 where only raw values are given.</summary>
    public int MeasurementHashSize => SpdmAlgorithms.HashSize(Selection.MeasurementHash >> 1);

    /// <summary>MEAS_CAP: 0 none, 1 unsigned, 2 signed.</summary>
    public int MeasurementCapability => (int)(Responder.Flags >> 3) & 3;

    /// <summary>Whether DIGESTS and CERTIFICATE tell keys apart (multi_key_conn_rsp, 1.3).</summary>
    public bool MultiKey => Version >= SpdmVersion.V13 && ((Responder.Flags >> 26) & 3) switch
    {
        1 => true,
        2 => (Offer.OtherParameters & 0x10) != 0,
        _ => false,
    };

    /// <summary>Whether both ends may fetch large responses by chunks (1.2).</summary>
    public bool Chunking => Version >= SpdmVersion.V12 && (Requester.Flags & Responder.Flags & ChunkFlag) != 0;

    /// <summary>Whether sessions begin in the clear (HANDSHAKE_IN_THE_CLEAR_CAP of both ends, 1.1).</summary>
    public bool HandshakeInTheClear => Version >= SpdmVersion.V11 && (Requester.Flags & Responder.Flags & (1u << 9)) != 0 && (Requester.Flags & Responder.Flags & (1u << 15)) != 0;

    /// <summary>Bytes of the data in a key exchange; 0 where no group that we know was selected.</summary>
    public int ExchangeSize => Selected(2) switch { 8 => 64, 0x10 => 96, 0x20 => 132, _ => 0 };

    /// <summary>Bytes of a session's cipher keys (AES-GCM); 0 where no cipher that we know was selected.</summary>
    public int CipherKeySize => Selected(3) switch { 1 => 16, 2 => 32, _ => 0 };

    /// <summary>Whether nothing is wrong with what was fixed; see <see cref="Problem"/>.</summary>
    public bool IsSound => Problem is null;

    /// <summary>What is wrong with what was fixed, null where nothing is: flags, sizes, and selections of one bit each, part of the offer and known to us.</summary>
    public string? Problem =>
        CapabilityRules.OfResponder(Version, Responder.Flags)
        ?? (Responder.TimeoutExponent > 31 ? "The timeout exponent is beyond 31."
            : Version >= SpdmVersion.V12 && (Responder.Flags & ChunkFlag) == 0 && Responder.MaxMessageSize != Responder.DataTransferSize
                ? "Without CHUNK_CAP the largest message is not the transfer size."
            : HashSize == 0 || (Selection.BaseHash & Offer.BaseHash) == 0 ? "The base hash is not one of those offered."
            : SignatureSize == 0 || (Selection.BaseAsym & Offer.BaseAsym) == 0 ? "The signature algorithm is not one of those offered."
            : Selection.PqcAsym != 0 ? "A second signature algorithm was selected."
            : (Selection.MeasurementSpecification & ~Offer.MeasurementSpecification) != 0 || (Selection.MelSpecification & ~Offer.MelSpecification) != 0
                ? "The measurement specification was not offered."
            : MeasurementCapability != 0 && Selection.MeasurementSpecification != 1 ? "It measures, but not by the DMTF's specification."
            : MeasurementCapability != 0 && Selection.MeasurementHash != 1 && MeasurementHashSize == 0 ? "The measurement hash is none that we know."
            : (Selection.OtherParameters & 0xF & ~Offer.OtherParameters) != 0 || BitOperations.PopCount((uint)Selection.OtherParameters & 0xF) > 1
                ? "The opaque data format was not offered."
            : Selection.Tables.All(IsPartOfTheOffer) ? null : "An algorithm of a table was not offered.");

    private int Selected(byte type) => Selection.Tables.FirstOrDefault(table => table.Type == type)?.Bits ?? 0;

    private bool IsPartOfTheOffer(AlgorithmTable table) => BitOperations.PopCount(table.Bits) <= 1
        && Offer.Tables.Any(offered => offered.Type == table.Type && (table.Bits & ~offered.Bits) == 0);
}
