namespace Fleet.Spdm.Appraisal;

/// <summary>What a measurement means that no rule speaks of.</summary>
public enum UnknownIndex
{
    /// <summary>The check fails.</summary>
    Fail,

    /// <summary>It is said, and the verdict is unknown.</summary>
    Warn,

    /// <summary>Nothing.</summary>
    Allow,
}
