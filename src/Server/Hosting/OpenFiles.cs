using System.Globalization;

namespace Fleet.Server.Hosting;

/// <summary>
/// How many files, sockets among them, this process may have open, and has. The runtime has raised the soft limit to the hard one when it started;
/// more only whoever starts the process can give.
/// </summary>
internal static class OpenFiles
{
    /// <summary>
    /// With fewer a server cannot run: the runtime holds two for each of its assemblies, some 370 in all before anybody came, and the database, operators and a
    /// handful of agents need the rest. What would fail without is the loading of a part of the program, and later, at a request, for good.
    /// </summary>
    public const int Least = 448;

    /// <summary>The limit; where the system does not tell one, there is none to speak of.</summary>
    public static int Limit
    {
        get
        {
            try
            {
                string? line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
                return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..] && int.TryParse(soft, CultureInfo.InvariantCulture, out int limit)
                    ? limit
                    : int.MaxValue;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return int.MaxValue;
            }
        }
    }

    /// <summary>Open now; 0 where the system does not tell.</summary>
    public static int Now
    {
        get
        {
            try
            {
                return Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return 0;
            }
        }
    }
}
