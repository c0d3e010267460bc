namespace Fleet.Spdm.Requesting;

/// <summary>What a step of a plan asks of the responder.</summary>
public enum PlanAction
{
    /// <summary>GET_DIGESTS.</summary>
    Digests,

    /// <summary>GET_CERTIFICATE until the slot's chain is whole.</summary>
    Certificates,

    /// <summary>CHALLENGE with the step's nonce.</summary>
    Challenge,

    /// <summary>One GET_MEASUREMENTS with the step's attributes and operation.</summary>
    Measurements,

    /// <summary>The count, then each index alone, the last one signed with the step's nonce.</summary>
    EachMeasurement,

    /// <summary>KEY_EXCHANGE and FINISH, with the step's random bytes and key agreement; what follows is secured.</summary>
    Session,

    /// <summary>END_SESSION.</summary>
    EndSession,

    /// <summary>GET_MEASUREMENT_EXTENSION_LOG until the log is whole (1.3).</summary>
    MeasurementLog,
}
