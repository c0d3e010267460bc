namespace Fleet.Server.Live.News;

/// <summary>
/// What is still to be told, in order and each once. Where a host is, is told as it is now: the last that was said of it alone counts. When all that becomes
/// too much, one notice that says "everything" takes its place.
/// </summary>
internal sealed class PendingNews
{
    private const int Most = 20_000;
    private readonly Lock _gate = new();
    private LinkedList<Notice> _order = new();
    private Dictionary<Notice, LinkedListNode<Notice>> _known = [];
    private TaskCompletionSource _any = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(Notice notice)
    {
        lock (_gate)
        {
            if (Opposite(notice) is { } opposite && _known.Remove(opposite, out LinkedListNode<Notice>? before))
            {
                _order.Remove(before);
            }

            if (!_known.ContainsKey(notice))
            {
                _known.Add(notice, _order.AddLast(notice));
            }

            Bound();
        }
    }

    /// <summary>Puts back what was taken and could not be told: before all that was said since, and without what that has made untrue.</summary>
    public void PutBack(IReadOnlyList<Notice> taken)
    {
        lock (_gate)
        {
            foreach (Notice notice in taken.Reverse())
            {
                if (!_known.ContainsKey(notice) && (Opposite(notice) is not { } opposite || !_known.ContainsKey(opposite)))
                {
                    _known.Add(notice, _order.AddFirst(notice));
                }
            }

            Bound();
        }
    }

    /// <summary>Ends when there is something.</summary>
    public Task WaitAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            return _any.Task.WaitAsync(ct);
        }
    }

    /// <summary>Takes all that there is.</summary>
    public IReadOnlyList<Notice> Take()
    {
        lock (_gate)
        {
            Notice[] taken = [.. _order];
            Clear();
            _any = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return taken;
        }
    }

    private static Notice? Opposite(Notice notice) => notice.Kind switch
    {
        NewsKind.Here => notice with { Kind = NewsKind.Left },
        NewsKind.Left => notice with { Kind = NewsKind.Here },
        _ => null,
    };

    private void Bound()
    {
        if (_order.Count > Most)
        {
            Clear();
            Notice everything = new(NewsKind.Everything, "");
            _known.Add(everything, _order.AddLast(everything));
        }

        if (_order.Count > 0)
        {
            _any.TrySetResult();
        }
    }

    private void Clear()
    {
        _order = new LinkedList<Notice>();
        _known = [];
    }
}
