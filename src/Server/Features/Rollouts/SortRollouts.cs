using System.Globalization;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Rollouts;

/// <summary>The list of rollouts in another order than its own: what they are ordered by is read of all of them, the rest of those on the page alone.</summary>
internal static class SortRollouts
{
    // A rollout brings all of its hosts: so many are in memory at a time, however many there are.
    private const int Chunk = 32;

    public static SortColumns<RolloutRow> Columns { get; } = new SortColumns<RolloutRow>()
        .Text("policy", row => row.Policy)
        .Number("phase", row => (long)row.Phase)
        .Text("author", row => row.Author)
        .Time("started", row => row.Created)
        .Time("changed", row => row.Changed);

    public static async Task<Page<RolloutView>> PageAsync(
        FleetDb db, RolloutViews views, Selector? filter, Sorting<RolloutRow> sorting, SortCursor? after, int limit, CancellationToken ct)
    {
        List<RolloutRow> all = await db.Rollouts.AsNoTracking().OrderByDescending(row => row.Number).Select(row => new RolloutRow
        {
            Number = row.Number,
            Id = row.Id,
            Policy = row.Policy,
            Phase = row.Phase,
            Author = row.Author,
            Created = row.Created,
            Changed = row.Changed,
            Waves = "",
        }).ToListAsync(ct);
        if (filter is null)
        {
            (IReadOnlyList<RolloutRow> rows, string? next) = Lists.Page(all, sorting, after, limit, Key);
            return new Page<RolloutView>(await ReadAsync(db, views, rows, ct), next, all.Count);
        }

        // Filters see a rollout's hosts. They are read in the order asked for, until the page is full.
        List<RolloutView> found = [];
        List<RolloutRow> kept = [];
        (IReadOnlyList<RolloutRow> ordered, _) = Lists.Page(all, sorting, after, all.Count, Key);
        foreach (RolloutRow[] chunk in ordered.Chunk(Chunk))
        {
            IReadOnlyList<RolloutView> read = await ReadAsync(db, views, chunk, ct);
            foreach (RolloutView view in read.Where(view => filter.Matches(new RolloutSelectable(view))))
            {
                found.Add(view);
                kept.Add(chunk.First(row => row.Id == view.Id));
            }

            if (found.Count > limit)
            {
                break;
            }
        }

        string? more = found.Count > limit ? new SortCursor(sorting.Name, sorting.By(kept[limit - 1]), Key(kept[limit - 1])).Encode() : null;
        return new Page<RolloutView>([.. found.Take(limit)], more, more is null && after is null ? found.Count : null);
    }

    // The newest first, as the list is.
    private static string Key(RolloutRow row) => (long.MaxValue - row.Number).ToString("d19", CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<RolloutView>> ReadAsync(FleetDb db, RolloutViews views, IReadOnlyList<RolloutRow> rows, CancellationToken ct)
    {
        List<long> numbers = [.. rows.Select(row => row.Number)];
        Dictionary<long, RolloutRow> read = await db.Rollouts.AsNoTracking().Include(row => row.Targets).Where(row => numbers.Contains(row.Number)).ToDictionaryAsync(row => row.Number, ct);
        return [.. numbers.Select(number => read.GetValueOrDefault(number)).OfType<RolloutRow>().Select(views.Of)];
    }
}
