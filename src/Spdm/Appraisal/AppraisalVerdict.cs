namespace Fleet.Spdm.Appraisal;

/// <summary>What the checks come to.</summary>
public enum AppraisalVerdict
{
    /// <summary>Something the device must be is not proven.</summary>
    Unknown,

    /// <summary>A check failed.</summary>
    Failed,

    /// <summary>Every check that applies holds.</summary>
    Trusted,
}
