namespace Fleet.Server.Live.News;

/// <summary>What is still to be told, in order and each once. When that becomes too much, one notice that says "everything" takes the place of all.</summary>
internal sealed class PendingNews
{
    private const int Most = 20_000;
    private readonly Lock _gate = new();
    private List<Notice> _order = [];
    private HashSet<Notice> _known = [];
    private TaskCompletionSource _any = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(Notice notice)
    {
        lock (_gate)
        {
            if (!_known.Add(notice))
            {
                return;
            }

            _order.Add(notice);
            if (_order.Count > Most)
            {
                _order = [new Notice(NewsKind.Everything, "")];
                _known = [.. _order];
            }

            _any.TrySetResult();
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
            List<Notice> taken = _order;
            _order = [];
            _known = [];
            _any = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return taken;
        }
    }
}
