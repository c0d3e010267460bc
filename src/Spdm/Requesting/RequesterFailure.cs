namespace Fleet.Spdm.Requesting;

/// <summary>Why a run ended before its plan did.</summary>
public enum RequesterFailure
{
    /// <summary>The responder cannot do what the plan asks for: another plan is needed, with new nonces.</summary>
    PlanMismatch,

    /// <summary>A response broke the protocol.</summary>
    Malformed,

    /// <summary>The responder answered with an ERROR.</summary>
    Refused,

    /// <summary>The plan's budget was used up.</summary>
    Budget,

    /// <summary>The transport gave no response.</summary>
    Transport,
}
