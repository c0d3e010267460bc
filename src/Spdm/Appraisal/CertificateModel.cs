namespace Fleet.Spdm.Appraisal;

/// <summary>Where a chain holds the device's lasting identity (DSP0274, certificate models).</summary>
public enum CertificateModel
{
    /// <summary>Any.</summary>
    Any,

    /// <summary>In the leaf, whose key is long-lived.</summary>
    Device,

    /// <summary>In a CA of the device; the leaf is made anew, as often as at every boot.</summary>
    Alias,
}
