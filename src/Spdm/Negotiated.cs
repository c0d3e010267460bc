using Fleet.Spdm.Messages;

namespace Fleet.Spdm;

/// <summary>What VERSION, CAPABILITIES and ALGORITHMS fixed for a connection; the later lengths follow from it.</summary>
public sealed record Negotiated(SpdmVersion Version, CapabilitiesRequest Requester, CapabilitiesResponse Responder, AlgorithmsRequest Offer, AlgorithmsResponse Selection)
{
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
    public bool Chunking => Version >= SpdmVersion.V12 && (Requester.Flags & Responder.Flags & (1u << 17)) != 0;

    /// <summary>Checks the selections: one bit each, part of the offer, and known to us (DSP0274, ALGORITHMS).</summary>
    public bool IsSound =>
        HashSize != 0 && SignatureSize != 0
        && (Selection.BaseHash & Offer.BaseHash) == Selection.BaseHash
        && (Selection.BaseAsym & Offer.BaseAsym) == Selection.BaseAsym
        && MeasurementCapability != 3
        && Responder.TimeoutExponent <= 31
        && (MeasurementCapability == 0 || Selection.MeasurementHash == 1 || MeasurementHashSize != 0)
        && (Selection.OtherParameters & 0xF & ~Offer.OtherParameters) == 0
        && Selection.Tables.All(table => Offer.Tables.Any(offered =>
            offered.Type == table.Type && (table.Bits & ~offered.Bits) == 0 && (table.Bits & (table.Bits - 1)) == 0));
}
