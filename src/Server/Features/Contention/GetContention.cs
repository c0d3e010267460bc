using System.ComponentModel;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Http;
using Fleet.Server.Http.Filters;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Contention;

internal static class GetContention
{
    private const int MostPoints = 1500;
    private const int MostGroups = 1000;
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static void Map(RouteGroupBuilder contention) =>
        contention.MapGet("/", HandleAsync).WithName("getContention").WithSummary("Contention over time, grouped; the largest groups first");

    private static async Task<Results<Ok<ContentionSeries>, ProblemHttpResult>> HandleAsync(
        [Description("Fields to group by, comma-separated: caller, host, function, device, region, feature, decision")] string? by,
        [Description("Start of the range; an hour before its end by default")] DateTimeOffset? from,
        [Description("End of the range; now by default")] DateTimeOffset? to,
        [Description("Width of a point in seconds, a multiple of 60; totals alone without it")] int? step,
        [Description("Filter of events; the fields of the sums can be used: kind, host, function, comm, decision, feature, offset, length")] string? q,
        ContentionReader reader,
        HostDirectory directory,
        TimeProvider time,
        CancellationToken ct)
    {
        DateTimeOffset end = to ?? time.GetUtcNow();
        DateTimeOffset start = Floor(from ?? end - DefaultSpan);
        string[] fields = (by ?? "decision").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (Check(fields, start, end, step) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (!FleetFields.Events.TryParse(q, out Selector? selector, out ProblemHttpResult? problem))
        {
            return problem;
        }

        ContentionGroups groups = new(fields, start, end, step ?? 0, new GroupFields(directory));
        SumQuery query = new(start, end, GroupFields.NeededBy(fields) | SumNeeds.NeededBy(selector.Root), step / 60 ?? 0);
        try
        {
            foreach (ContentionRow row in await reader.ReadAsync(query, ct))
            {
                if (selector.Root is AllNode || selector.Matches(Selectables.Of(GroupFields.AsEvent(row))))
                {
                    groups.Add(row);
                }
            }
        }
        catch (TooManySumsException)
        {
            return Problems.Invalid($"The answer would be made of more than {query.Most} sums; ask for a shorter range, a wider step or fewer fields in by and q.");
        }

        return TypedResults.Ok(groups.Answer(MostGroups));
    }

    private static string? Check(string[] fields, DateTimeOffset start, DateTimeOffset end, int? step)
    {
        if (fields.FirstOrDefault(field => !GroupFields.All.Contains(field)) is { } unknown)
        {
            return $"by has '{unknown}'; it may have {string.Join(", ", GroupFields.All)}.";
        }

        if (start >= end)
        {
            return $"The range is empty: from {start:O} is not before to {end:O}.";
        }

        if (step is <= 0 || step % 60 is not (null or 0))
        {
            return $"step is {step}; it must be a multiple of 60 seconds, because sums are kept by minute.";
        }

        return step is { } width && (end - start).TotalSeconds / width > MostPoints
            ? $"The range has more than {MostPoints} steps of {width} s; make the step wider or the range shorter."
            : null;
    }

    private static DateTimeOffset Floor(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % Minute.Ticks), TimeSpan.Zero);
}
