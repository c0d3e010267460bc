using System.Globalization;
using System.Text.RegularExpressions;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>One answer of a /metrics address.</summary>
internal sealed partial class Scrape(string text)
{
    public string Text => text;

    public static async Task<Scrape> ReadAsync(Uri address)
    {
        using HttpClient http = new() { Timeout = WaitFor.Patience };
        return new Scrape(await http.GetStringAsync(address));
    }

    /// <summary>Sum of a family's samples that carry these labels (name="value"); 0 when there is none.</summary>
    public double Sum(string family, params string[] labels) =>
        Sample().Matches(text)
            .Where(sample => sample.Groups["name"].Value == family)
            .Where(sample => labels.All(label => sample.Groups["labels"].Value.Contains(label, StringComparison.Ordinal)))
            .Sum(sample => double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(?<name>[a-z_:][a-z0-9_:]*)(\{(?<labels>.*)\})? (?<value>[-+0-9.eE]+|NaN|\+Inf)( \d+)?$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Sample();
}
