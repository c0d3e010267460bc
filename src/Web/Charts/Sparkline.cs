using System.Globalization;
using System.Text;

namespace Fleet.Web.Charts;

/// <summary>A line of 64 by 24 without axis.</summary>
public static class Sparkline
{
    public const int Width = 64;
    private const double Upper = 4;
    private const double Lower = 20;

    /// <summary>The path and the height of its last point; null when there are not two points to join.</summary>
    public static (string Path, string LastY)? Of(IReadOnlyList<long> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count < 2)
        {
            return null;
        }

        long low = points.Min();
        long high = points.Max();
        StringBuilder path = new("M");
        string y = "";
        for (int i = 0; i < points.Count; i++)
        {
            double share = high == low ? 0 : (points[i] - low) / (double)(high - low);
            y = Number(Lower - (share * (Lower - Upper)));
            path.Append(i == 0 ? "" : " ").Append(Number(i * (double)Width / (points.Count - 1))).Append(' ').Append(y);
        }

        return (path.ToString(), y);
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
