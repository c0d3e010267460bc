using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Data.Sqlite;

/// <summary>A change of fleet.db with its turn, which ends with the transaction and not with whatever its caller does after.</summary>
internal sealed class TurnTransaction(IDbContextTransaction inner, IDisposable turn) : IDbContextTransaction
{
    public Guid TransactionId => inner.TransactionId;

    public void Commit()
    {
        inner.Commit();
        turn.Dispose();
    }

    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        await inner.CommitAsync(cancellationToken);
        turn.Dispose();
    }

    public void Rollback()
    {
        inner.Rollback();
        turn.Dispose();
    }

    public async Task RollbackAsync(CancellationToken cancellationToken = default)
    {
        await inner.RollbackAsync(cancellationToken);
        turn.Dispose();
    }

    public void Dispose()
    {
        try
        {
            inner.Dispose();
        }
        finally
        {
            turn.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await inner.DisposeAsync();
        }
        finally
        {
            turn.Dispose();
        }
    }
}
