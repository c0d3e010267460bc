namespace Fleet.Agent.Fuse;

/// <summary>A directory being read: its names as they were at the first read, so that offsets stay true.</summary>
internal sealed class OpenDirectory(Node node) : OpenFile
{
    private string[]? _names;

    public override HandleKind Kind => HandleKind.Directory;

    public Node Node { get; } = node;

    /// <summary>The names with "." and ".." in front; read anew when the caller rewinds.</summary>
    public string[]? Names(MirrorTree tree, bool rewind)
    {
        if (_names is null || rewind)
        {
            _names = tree.List(Node) is string[] names ? [".", "..", .. names] : null;
        }

        return _names;
    }
}
