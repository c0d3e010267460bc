namespace Fleet.Server.Domain.Hosts;

/// <summary>What becomes of a hello.</summary>
internal enum TurnOutcome
{
    /// <summary>It is the newest, and wins.</summary>
    Welcome,

    /// <summary>Two machines use the identity; this one is let in, since nobody else is connected. Its spool may be a copy of the other's.</summary>
    Proven,

    /// <summary>Two machines use the identity, and the other is connected.</summary>
    Refused,
}
