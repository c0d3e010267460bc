using Fleet.Server.Data;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Domain.Policies;

namespace Fleet.Server.Identity;

/// <summary>The keys in import-keys/*.pem of the data directory, read each time: who may write there says whose signatures count, from that moment on.</summary>
internal sealed class ImportKeys(DataDirectory data)
{
    public const string DirectoryName = "import-keys";

    private const int MostKeys = 64;
    private const int MostBytes = 16 * 1024;

    /// <param name="problems">What is there and counts for nothing, each with the reason.</param>
    public IReadOnlyList<ImportKey> Read(out IReadOnlyList<string> problems)
    {
        List<ImportKey> keys = [];
        List<string> wrong = [];
        problems = wrong;
        try
        {
            string[] files = [.. Directory.EnumerateFiles(data.Private(DirectoryName), "*.pem").Order(StringComparer.Ordinal)];
            foreach (string file in files.Take(MostKeys))
            {
                string name = Path.GetFileNameWithoutExtension(file);
                if (ReadOne(name, file, out string problem) is { } key)
                {
                    keys.Add(key);
                }
                else
                {
                    wrong.Add($"{Path.GetFileName(file)}: {problem}");
                }
            }

            if (files.Length > MostKeys)
            {
                wrong.Add($"{files.Length - MostKeys} more: at most {MostKeys} are read");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            wrong.Add($"the directory cannot be read: {error.Message}");
        }

        return keys;
    }

    private static ImportKey? ReadOne(string name, string file, out string problem)
    {
        if (!PolicyReader.IsName(name))
        {
            problem = "its name is not 1 to 63 of a-z, 0-9 and -";
            return null;
        }

        try
        {
            if (new FileInfo(file).Length > MostBytes)
            {
                problem = $"it is larger than {MostBytes} bytes";
                return null;
            }

            return ImportKey.Read(name, File.ReadAllText(file), out problem);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problem = $"it cannot be read: {error.Message}";
            return null;
        }
    }
}
