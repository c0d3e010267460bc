using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>A condition on columns in SQL, with parameters from $<see cref="FirstParameter"/>.</summary>
internal sealed record ColumnCondition(string Text, IReadOnlyList<(object Value, NpgsqlDbType Type)> Values)
{
    /// <summary>Those before are the bounds of rows and the limit.</summary>
    public const int FirstParameter = 4;

    public void AddTo(NpgsqlCommand command)
    {
        foreach ((object value, NpgsqlDbType type) in Values)
        {
            command.Parameters.Add(SumUpserts.Value(type, value));
        }
    }
}
