using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Parts;

public sealed partial class StackBar
{
    [Parameter, EditorRequired]
    public required IReadOnlyList<StackShare> Shares { get; set; }

    private IEnumerable<(StackShare Share, string Left, string Width)> Placed()
    {
        double total = Math.Max(1, Shares.Sum(s => s.Count));
        double left = 0;
        foreach (StackShare share in Shares.Where(s => s.Count > 0))
        {
            // A share that exists is seen, however small.
            double width = Math.Max(0.8, share.Count * 100 / total);
            yield return (share, Percent(left), Percent(width));
            left += share.Count * 100 / total;
        }
    }

    private static string Percent(double value) => value.ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
