namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>Every row: the source of what nothing is known about.</summary>
internal sealed class AllRows : RowSource
{
    public override long Next(long atMost) => atMost;

    public override void AddTo(BlockRows rows, long block) => rows.Fill();

    public override void Dispose()
    {
    }
}
