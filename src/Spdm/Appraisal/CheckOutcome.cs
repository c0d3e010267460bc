namespace Fleet.Spdm.Appraisal;

/// <summary>How a check came out.</summary>
public enum CheckOutcome
{
    /// <summary>It holds.</summary>
    Pass,

    /// <summary>It does not hold.</summary>
    Fail,

    /// <summary>The evidence does not say: the verdict can be unknown at best.</summary>
    Unproven,

    /// <summary>Nothing in this evidence is subject to it.</summary>
    NotApplicable,
}
