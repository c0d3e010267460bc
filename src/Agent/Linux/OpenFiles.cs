namespace Fleet.Agent.Linux;

/// <summary>The open files of a process, as links to read.</summary>
internal static class OpenFiles
{
    /// <summary>
    /// The paths of the links in its directory fd. Their numbers are taken from fdinfo: enumerating fd itself, .NET looks at what each link
    /// leads to, and a file of a mirror that waits for this very agent would not answer.
    /// </summary>
    /// <param name="process">The process's directory, "/proc/PID".</param>
    /// <returns>Nothing when it ended meanwhile or is hidden from us.</returns>
    public static IReadOnlyList<string> LinksOf(string process)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"{process}/fdinfo").Select(path => $"{process}/fd/{Path.GetFileName(path)}")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
