using Fleet.Server.Data.Postgres;
using Fleet.Server.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Tests;

public sealed class MigrationTests
{
    [Fact]
    public void Model_OfSqlite_HasNoChangeWithoutAMigration()
    {
        using SqliteFleetDb db = new SqliteFleetDb.AtDesignTime().CreateDbContext([]);

        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public void Model_OfPostgreSql_HasNoChangeWithoutAMigration()
    {
        using PostgresFleetDb db = new PostgresFleetDb.AtDesignTime().CreateDbContext([]);

        Assert.False(db.Database.HasPendingModelChanges());
    }
}
