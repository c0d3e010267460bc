using System.Runtime.CompilerServices;

namespace Fleet.Architecture.Tests;

/// <summary>The work tree that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["artifacts", "obj", "node_modules", "TestResults", ".git", ".dotnet", ".data", ".cache"];

    public static string Root { get; } = FindRoot();

    /// <summary>Files under a folder of the repository, as paths relative to the root with forward slashes.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
        [.. Walk(Path.Combine(Root, folder), pattern).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static IEnumerable<string> Walk(string folder, string pattern) =>
        !Directory.Exists(folder)
            ? []
            : Directory.EnumerateFiles(folder, pattern)
                .Concat(Directory.EnumerateDirectories(folder)
                    .Where(child => !NotOurs.Contains(Path.GetFileName(child)))
                    .SelectMany(child => Walk(child, pattern)));

    private static string FindRoot([CallerFilePath] string source = "")
    {
        DirectoryInfo? folder = new FileInfo(source).Directory;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fleet.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No Fleet.sln above {source}.");
    }
}
