using System.Globalization;

namespace Fleet.Server.Data.Events;

/// <summary>Which sums of contention, and how far they are added up: the database does that, so that a year of a large fleet does not go through the server.</summary>
/// <param name="From">The first minute.</param>
/// <param name="To">The last moment.</param>
/// <param name="Fields">What they are told by; the rest is added up, and empty in the answer.</param>
/// <param name="StepMinutes">Minutes from <paramref name="From"/> that are added up together; 0 for all of them.</param>
internal sealed record SumQuery(DateTimeOffset From, DateTimeOffset To, SumFields Fields, int StepMinutes)
{
    private static readonly (SumFields Field, string Column)[] Texts =
    [
        (SumFields.Kind, "kind"), (SumFields.Function, "function"), (SumFields.Comm, "comm"), (SumFields.Decision, "decision"), (SumFields.Feature, "feature"), (SumFields.Region, "region"),
    ];

    /// <summary>With more sums than these there is no answer.</summary>
    public int Most { get; init; } = SumBounds.Answered;

    /// <summary>Every sum as it is kept.</summary>
    public static SumQuery Each(DateTimeOffset from, DateTimeOffset to) => new(from, to, SumFields.All, 1);

    /// <summary>The query as SQL of either database, from the table "contention": first minute, host (0 where it is not asked for), kind, function, comm, decision, feature, region, count.</summary>
    /// <param name="where">Which rows.</param>
    /// <param name="total">What adds "count" up, and stops at <see cref="SumBounds.Largest"/>.</param>
    /// <param name="also">A column that says whose number a host's is, and goes first; null for none.</param>
    public string Sql(string where, string total, string? also = null)
    {
        List<string> groups = [];
        if (StepMinutes > 0)
        {
            groups.Add(string.Create(CultureInfo.InvariantCulture, $"(minute - {StoreTime.Minutes(From)}) / {StepMinutes}"));
        }

        if (also is not null && Fields.HasFlag(SumFields.Host))
        {
            groups.Add(also);
        }

        groups.AddRange(Texts.Prepend((SumFields.Host, "host")).Where(field => Fields.HasFlag(field.Item1)).Select(field => field.Item2));
        string columns = string.Join(", ", Texts.Select(text => Fields.HasFlag(text.Field) ? text.Column : $"'' AS {text.Column}"));
        string first = also is null ? "" : Fields.HasFlag(SumFields.Host) ? $"{also}, " : $"min({also}) AS {also}, ";
        return $"""
            SELECT {first}min(minute) AS minute, {(Fields.HasFlag(SumFields.Host) ? "host" : "0 AS host")}, {columns}, CAST({total} AS bigint) AS count
            FROM contention WHERE {where}{(groups.Count > 0 ? " GROUP BY " + string.Join(", ", groups) : "")} HAVING count(*) > 0
            """;
    }
}
