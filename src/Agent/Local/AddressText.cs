using Fleet.Pci;

namespace Fleet.Agent.Local;

/// <summary>Addresses as people type them, and what they may have meant.</summary>
internal static class AddressText
{
    private const int ShortLength = 7; // BB:DD.F
    private const int MostSuggested = 3;

    /// <summary>"0000:01:00.0", or "01:00.0" in domain 0.</summary>
    public static bool TryParse(string text, out PciAddress address) =>
        PciAddress.TryParse(text.Length is ShortLength ? "0000:" + text : text, out address);

    /// <summary>Says that a function is not there, and which ones nearest to it are.</summary>
    public static string NotHere(string text, IReadOnlyCollection<PciAddress> present)
    {
        IEnumerable<PciAddress> near = present.OrderBy(candidate => Distance(text, candidate)).ThenBy(candidate => candidate).Take(MostSuggested);
        string suggestion = present.Count is 0 ? " No function is." : $" Nearest to it: {string.Join(", ", near)}.";
        return $"There is no function {text} on this host.{suggestion}";
    }

    // Positions that differ, the bus more than the function: a wrong last digit is the common mistake.
    private static int Distance(string text, PciAddress candidate)
    {
        if (!TryParse(text, out PciAddress wanted))
        {
            return int.MaxValue;
        }

        int domain = wanted.Domain == candidate.Domain ? 0 : 1_000_000;
        return domain + (Math.Abs(wanted.Bus - candidate.Bus) * 1_000) + (Math.Abs(wanted.Device - candidate.Device) * 10)
            + Math.Abs(wanted.Function - candidate.Function);
    }
}
