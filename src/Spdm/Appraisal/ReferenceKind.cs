namespace Fleet.Spdm.Appraisal;

/// <summary>How a measurement is compared.</summary>
public enum ReferenceKind
{
    /// <summary>One of the digests; a raw value is hashed first.</summary>
    AnyOf,

    /// <summary>Exactly these bytes, raw.</summary>
    Raw,

    /// <summary>These bytes where the mask has ones, raw and of the mask's length.</summary>
    Mask,

    /// <summary>A secure version number of at least the minimum.</summary>
    SvnMin,

    /// <summary>Any value.</summary>
    Ignore,
}
