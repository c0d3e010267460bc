using System.IO.Compression;

namespace Fleet.Agent.Linux;

/// <summary>The options that the running kernel was built with.</summary>
internal static class KernelConfig
{
    private const int LineLimit = 100_000; // a distribution's kernel has some 10,000

    /// <summary>Whether an option is built in; null when the host has no configuration to read.</summary>
    public static bool? IsSet(string option, string release)
    {
        foreach (string path in (string[])["/proc/config.gz", $"/boot/config-{release}", $"/lib/modules/{release}/config"])
        {
            try
            {
                using FileStream file = File.OpenRead(path);
                using Stream text = path.EndsWith(".gz", StringComparison.Ordinal)
                    ? new GZipStream(file, CompressionMode.Decompress)
                    : file;
                return Contains(new StreamReader(text), $"{option}=y");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                // Not here; the next place may have it.
            }
        }

        return null;
    }

    private static bool Contains(StreamReader reader, string wanted)
    {
        for (int count = 0; count < LineLimit && reader.ReadLine() is string line; count++)
        {
            if (line == wanted)
            {
                return true;
            }
        }

        return false;
    }
}
