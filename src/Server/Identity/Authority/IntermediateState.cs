namespace Fleet.Server.Identity.Authority;

/// <summary>The life of an intermediate authority; it only goes forward.</summary>
internal enum IntermediateState
{
    /// <summary>Made and signed by the root; issues nothing yet.</summary>
    Prepared,

    /// <summary>What it issued is good. The one activated last issues.</summary>
    Activated,

    /// <summary>What it issued is refused; its key is gone.</summary>
    Retired,
}
