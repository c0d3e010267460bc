namespace Fleet.Server.Domain.Hosts;

/// <summary>Whether a host may come in. Stored by number: new ones go to the end.</summary>
internal enum AccessState
{
    /// <summary>It may.</summary>
    Member,

    /// <summary>It may not, until it joins again with a token.</summary>
    Evicted,

    /// <summary>It may not, not even with a token, until somebody readmits it.</summary>
    Banned,
}
