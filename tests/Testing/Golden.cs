using System.Runtime.CompilerServices;

namespace Fleet.Testing;

/// <summary>Compares text with a file beside the test; GOLDEN=overwrite rewrites the file.</summary>
public static class Golden
{
    /// <summary>Fails with the first differing line when <paramref name="actual"/> is not the golden file's text.</summary>
    public static void Check(string name, string actual, [CallerFilePath] string source = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(source)!, "golden", name);
        string text = actual.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("GOLDEN") is "overwrite")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            return;
        }

        string expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected == text)
        {
            return;
        }

        string[] left = expected.Split('\n');
        string[] right = text.Split('\n');
        int line = 0;
        while (line < left.Length && line < right.Length && left[line] == right[line])
        {
            line++;
        }

        throw new InvalidOperationException(
            $"{name} differs from its golden file at line {line + 1}.\n  golden: {left.ElementAtOrDefault(line)}\n  actual: {right.ElementAtOrDefault(line)}\n"
            + "A wanted change is made with GOLDEN=overwrite ./test; review the diff.");
    }
}
