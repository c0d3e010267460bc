using Fleet.Contracts;
using Fleet.Server.Data.Events;

namespace Fleet.Server.Features.Contention;

/// <summary>Adds sums up into groups and points.</summary>
internal sealed class ContentionGroups(string[] fields, DateTimeOffset start, DateTimeOffset end, int step, GroupFields values)
{
    private const string Separator = "\0";
    private readonly int _points = step is 0 ? 0 : (int)Math.Ceiling((end - start).TotalSeconds / step);
    private readonly Dictionary<string, (string[] Key, long[] Points, long Count)> _groups = [];
    private long _total;

    // Sums come sorted, so that the next is often of the same group but for its minute.
    private string[]? _lastKey;
    private string _lastName = "";

    public void Add(ContentionRow row)
    {
        string[] key = Array.ConvertAll(fields, field => values.Value(field, row));
        string name = _lastKey is not null && key.AsSpan().SequenceEqual(_lastKey) ? _lastName : string.Join(Separator, key);
        (_lastKey, _lastName) = (key, name);
        (string[] _, long[] points, long count) = _groups.TryGetValue(name, out var known) ? known : (key, new long[_points], 0);
        if (step > 0)
        {
            int point = Math.Min((int)((row.Minute - start).TotalSeconds / step), _points - 1);
            points[point] = SumBounds.Add(points[point], row.Count);
        }

        _groups[name] = (key, points, SumBounds.Add(count, row.Count));
        _total = SumBounds.Add(_total, row.Count);
    }

    public ContentionSeries Answer(int most) => new(
        start,
        end,
        step,
        [
            .. _groups.Values.OrderByDescending(group => group.Count).ThenBy(group => string.Join(Separator, group.Key), StringComparer.Ordinal).Take(most)
                .Select(group => new ContentionGroup(fields.Distinct().ToDictionary(field => field, field => group.Key[Array.IndexOf(fields, field)]), group.Count, group.Points)),
        ],
        _total);
}
