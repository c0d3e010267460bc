namespace Fleet.Agent.Fuse;

/// <summary>
/// The nodes that the kernel holds numbers of. It counts its lookups and tells when it forgets them; a node that is
/// forgotten whole is dropped, so the table is as large as the kernel's own cache and no larger.
/// </summary>
/// <param name="former">Finds numbers that an earlier agent gave; null when there was none.</param>
internal sealed class NodeTable(FormerNodes? former = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Entry> _entries = [];
    private readonly Node _root = new("", NodeKind.Directory);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public Node? Find(ulong id)
    {
        if (id is Node.RootId)
        {
            return _root;
        }

        lock (_gate)
        {
            if (_entries.TryGetValue(id, out Entry? entry))
            {
                return entry.Node;
            }
        }

        return former?.Find(id);
    }

    /// <summary>Enters a node for one lookup reply and returns its number.</summary>
    public ulong Enter(Node node)
    {
        ulong id = Node.IdOf(node.Path);
        lock (_gate)
        {
            // Two paths may hash alike; the later one takes the next free number.
            while (_entries.TryGetValue(id, out Entry? taken) && taken.Node.Path != node.Path)
            {
                id++;
            }

            if (!_entries.TryGetValue(id, out Entry? entry))
            {
                entry = new Entry(node);
                _entries.Add(id, entry);
            }

            entry.Node = node; // the kind may have changed since, when a device went and another came
            entry.Lookups++;
            return id;
        }
    }

    public void Forget(ulong id, ulong count)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(id, out Entry? entry))
            {
                entry.Lookups -= Math.Min(count, entry.Lookups);
                if (entry.Lookups is 0)
                {
                    _entries.Remove(id);
                }
            }
        }
    }

    private sealed class Entry(Node node)
    {
        public Node Node { get; set; } = node;

        public ulong Lookups { get; set; }
    }
}
