namespace Fleet.Agent.Fuse;

/// <summary>What a node of the mirror is.</summary>
internal enum NodeKind
{
    Directory,

    /// <summary>An attribute, passed through read-only.</summary>
    Attribute,

    Link,

    /// <summary>A function's configuration space: goes to the broker.</summary>
    Config,
}
