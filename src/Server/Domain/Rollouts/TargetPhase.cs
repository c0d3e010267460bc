namespace Fleet.Server.Domain.Rollouts;

/// <summary>How far a host of a rollout is. Stored by number: new ones go to the end.</summary>
internal enum TargetPhase
{
    /// <summary>Its wave has not come.</summary>
    Pending,

    /// <summary>The revision is wanted on it and it has not reported it.</summary>
    Assigned,

    /// <summary>It reports the revision in force.</summary>
    Applied,

    /// <summary>Its agent refused the assignment.</summary>
    Failed,

    /// <summary>It did not report within the deadline.</summary>
    Silent,

    /// <summary>It was evicted, banned or deleted, and counts no more.</summary>
    Out,
}
