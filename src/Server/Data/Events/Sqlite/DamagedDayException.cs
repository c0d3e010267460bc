using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>A day's file is not what SQLite wrote: bytes of it changed, or it was cut off.</summary>
internal sealed class DamagedDayException(DateOnly day, SqliteException inner) : IOException($"The file of events of {day:O} is damaged: {inner.Message}", inner)
{
    public DateOnly Day => day;

    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
