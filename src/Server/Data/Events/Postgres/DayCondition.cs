using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>What a filter comes to for one day: which numbers to look up in an index, if there are few enough, and a condition on columns.</summary>
/// <param name="Text">A condition on columns, with parameters from $<see cref="FirstParameter"/>; lets through all that the filter selects, and perhaps more.</param>
/// <param name="Values">Its parameters.</param>
/// <param name="Column">The indexed column whose values are known; null for none.</param>
/// <param name="Codes">Those values; none of them there means that nothing of the day is selected.</param>
/// <param name="IsLookupAlone">Whether (nearly) all that is looked up is selected: the filter asks for nothing else.</param>
internal sealed record DayCondition(
    string Text, IReadOnlyList<(object Value, NpgsqlDbType Type)> Values, string? Column, IReadOnlyList<int> Codes, bool IsLookupAlone)
{
    /// <summary>Those before are the bounds of rows and the limit.</summary>
    public const int FirstParameter = 4;

    public bool IsNothing => Column is not null && Codes.Count is 0;

    public void AddTo(NpgsqlCommand command)
    {
        foreach ((object value, NpgsqlDbType type) in Values)
        {
            command.Parameters.Add(SumUpserts.Value(type, value));
        }
    }
}
