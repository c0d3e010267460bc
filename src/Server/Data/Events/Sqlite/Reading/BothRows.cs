namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>The rows that two sources have in common.</summary>
internal sealed class BothRows(RowSource left, RowSource right) : RowSource
{
    private readonly BlockRows _left = new();
    private readonly BlockRows _right = new();

    public override long Next(long atMost)
    {
        while (atMost > None)
        {
            long block = left.Next(atMost);
            atMost = block is None ? None : right.Next(block);
            if (atMost == block)
            {
                return block;
            }
        }

        return None;
    }

    public override void AddTo(BlockRows rows, long block)
    {
        _left.Clear();
        _right.Clear();
        left.AddTo(_left, block);
        right.AddTo(_right, block);
        _left.IntersectWith(_right);
        rows.UnionWith(_left);
    }

    public override void Dispose()
    {
        left.Dispose();
        right.Dispose();
    }
}
