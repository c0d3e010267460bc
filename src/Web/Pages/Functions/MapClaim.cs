using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Web.Pages.Functions;

/// <summary>A claim with the letter that ties its outline to its row.</summary>
/// <param name="Key">The letter.</param>
/// <param name="View">The claim.</param>
/// <param name="Slot">How many claims before it have their letter at the same corner.</param>
public sealed record MapClaim(string Key, ClaimView View, int Slot = 0)
{
    /// <summary>"default", "local", "lease", "shadow", or empty for a policy that acts.</summary>
    public string Kind => View.Claim switch
    {
        { Mode: EnforcementMode.Shadow } => "shadow",
        { Source: ClaimSource.Default } => "default",
        { Source: ClaimSource.Local } => "local",
        { Source: ClaimSource.Lease } => "lease",
        _ => "",
    };

    private int First => View.Claim.Offset / 4;

    private int End => (View.Claim.Offset + View.Claim.Length + 3) / 4;

    /// <summary>Where the letter stands: the upper right corner of the outline's first row.</summary>
    public (int X, int Y) Corner =>
        (Math.Min(ConfigMap.Columns, (First % ConfigMap.Columns) + End - First) * ConfigMap.CellWidth, First / ConfigMap.Columns * ConfigMap.CellHeight);

    /// <summary>The outline: a box, or a staircase where the region runs over several rows.</summary>
    public string Outline()
    {
        const int W = ConfigMap.CellWidth;
        const int H = ConfigMap.CellHeight;
        int left = First % ConfigMap.Columns * W;
        int top = First / ConfigMap.Columns * H;
        int right = (((End - 1) % ConfigMap.Columns) + 1) * W;
        int bottom = (((End - 1) / ConfigMap.Columns) + 1) * H;
        if (bottom - top == 2 * H && right <= left)
        {
            // The two rows do not touch: each is a box that is open where the region goes on.
            return string.Create(
                CultureInfo.InvariantCulture, $"M{ConfigMap.Columns * W} {top}H{left}V{top + H}H{ConfigMap.Columns * W}M0 {top + H}H{right}V{bottom}H0");
        }

        return bottom - top == H
            ? string.Create(CultureInfo.InvariantCulture, $"M{left} {top}H{right}V{bottom}H{left}z")
            : string.Create(
                CultureInfo.InvariantCulture, $"M{left} {top}H{ConfigMap.Columns * W}V{bottom - H}H{right}V{bottom}H0V{top + H}H{left}z");
    }
}
