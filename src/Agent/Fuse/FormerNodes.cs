namespace Fleet.Agent.Fuse;

/// <summary>
/// Places that the kernel knows from an agent before this one. Their numbers follow from their paths, so the tree is walked, shallow places
/// first and no further than needed, until the number asked for is found.
/// </summary>
internal sealed class FormerNodes(MirrorTree tree)
{
    private const int PlacesLimit = 200_000;
    private const int DepthLimit = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Node> _seen = [];
    private readonly Queue<(Node Node, int Depth)> _frontier = new([(new Node("", NodeKind.Directory), 0)]);

    public Node? Find(ulong id)
    {
        lock (_gate)
        {
            while (!_seen.ContainsKey(id) && _seen.Count < PlacesLimit && _frontier.TryDequeue(out (Node Node, int Depth) place))
            {
                Expand(place.Node, place.Depth);
            }

            return _seen.GetValueOrDefault(id);
        }
    }

    private void Expand(Node directory, int depth)
    {
        foreach (string name in tree.List(directory) ?? [])
        {
            if (tree.TryResolve(directory, name, out Node node, out _))
            {
                _seen.TryAdd(Node.IdOf(node.Path), node);
                if (node.Kind is NodeKind.Directory && depth < DepthLimit)
                {
                    _frontier.Enqueue((node, depth + 1));
                }
            }
        }
    }
}
