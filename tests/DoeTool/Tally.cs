using System.Globalization;

namespace Fleet.DoeTool;

/// <summary>What came of the exchanges.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal) { ["right"] = 0 };

    public bool AllRight => _counts.Count is 1;

    public void Add(string kind) => _counts[kind] = _counts.GetValueOrDefault(kind) + 1;

    public override string ToString() => string.Join(' ', _counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key}={c.Value}")));
}
