namespace Fleet.Spdm.Appraisal;

/// <summary>What the store of nonces said when the run's nonces were consumed.</summary>
public enum NonceState
{
    /// <summary>Made for this run, not used before, in time.</summary>
    Fresh,

    /// <summary>The evidence came after the nonces had expired.</summary>
    Expired,

    /// <summary>The nonces had been consumed already, or were never made.</summary>
    Used,
}
