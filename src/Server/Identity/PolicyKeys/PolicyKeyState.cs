namespace Fleet.Server.Identity.PolicyKeys;

/// <summary>The life of a key that signs assignments; it only goes forward.</summary>
internal enum PolicyKeyState
{
    /// <summary>Made, and on the root's list: agents believe it. It signs nothing yet.</summary>
    Prepared,

    /// <summary>What it signs is believed. The one activated last signs; the oldest signs for agents that know no list.</summary>
    Activated,

    /// <summary>No longer on the root's list: agents refuse what it signed. Its private half is gone.</summary>
    Retired,
}
