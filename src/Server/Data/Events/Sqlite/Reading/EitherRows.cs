namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>The rows of any of several sources; of none, no rows.</summary>
internal sealed class EitherRows(IReadOnlyList<RowSource> sources) : RowSource
{
    public override long Next(long atMost)
    {
        long next = None;
        foreach (RowSource source in sources)
        {
            next = Math.Max(next, source.Next(atMost));
        }

        return next;
    }

    public override void AddTo(BlockRows rows, long block)
    {
        foreach (RowSource source in sources)
        {
            source.AddTo(rows, block);
        }
    }

    public override void Dispose()
    {
        foreach (RowSource source in sources)
        {
            source.Dispose();
        }
    }
}
