using System.Globalization;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>Connections to a port of this machine as the kernel lists them.</summary>
internal static class Connections
{
    private const string Established = "01";

    /// <summary>The remote ports of those that stand.</summary>
    public static IReadOnlyCollection<int> To(int port) =>
    [
        .. new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 3 && words[3] == Established && PortOf(words[1]) == port).Select(words => PortOf(words[2])),
    ];

    private static int PortOf(string address) =>
        int.TryParse(address[(address.IndexOf(':', StringComparison.Ordinal) + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int port) ? port : 0;
}
