namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>
/// Rows that may be what is asked for, block by block from the newest. What is in no block of a source is certainly not asked for; what is may be.
/// </summary>
internal abstract class RowSource : IDisposable
{
    public const long None = -1;

    /// <summary>The newest block up to a bound that has rows of this source; <see cref="None"/> for none. Bounds of successive calls do not rise.</summary>
    public abstract long Next(long atMost);

    /// <summary>Adds the rows of a block; one that <see cref="Next"/> was asked for, as its bound or answer, last.</summary>
    public abstract void AddTo(BlockRows rows, long block);

    public abstract void Dispose();
}
