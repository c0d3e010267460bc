using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>A day's file is not what SQLite wrote: bytes of it changed, or it was cut off.</summary>
/// <param name="day">The day.</param>
/// <param name="inner">What SQLite says.</param>
/// <param name="ofSums">Whether it is the file of sums that is left of a day, and not that of its events.</param>
internal sealed class DamagedDayException(DateOnly day, SqliteException inner, bool ofSums = false)
    : IOException($"The file of {(ofSums ? "sums" : "events")} of {day:O} is damaged: {inner.Message}", inner)
{
    public DateOnly Day => day;

    public bool OfSums => ofSums;

    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
