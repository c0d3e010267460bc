namespace Fleet.Server.Data.Postgres;

/// <summary>The advisory locks of this product: the second number of a pair whose first is <see cref="PostgresLocks.Family"/>.</summary>
internal enum PostgresLock
{
    /// <summary>Held by a session while it changes the schema.</summary>
    Migration = 1,

    /// <summary>Held by a transaction that stores events, so that positions rise in the order of commits.</summary>
    Events = 2,

    /// <summary>Held by a transaction that changes anything else; the audit trail, each entry of which covers the one before, rests on it.</summary>
    Changes = 3,

    /// <summary>Held by the session of the server that leads.</summary>
    Leader = 6,
}
