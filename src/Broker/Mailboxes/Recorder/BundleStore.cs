using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>
/// Bundles as files of JSON in one directory, a bounded number of them: the oldest goes when one more comes. Files of earlier lives
/// are read once; what is no bundle is left alone.
/// </summary>
internal sealed class BundleStore
{
    private const string Ending = ".bundle.json";
    private const int LargestFile = 16 * 1024 * 1024;

    private readonly string? _directory;
    private readonly int _most;
    private readonly Lock _gate = new();
    private readonly List<RecordedBundle> _bundles = [];

    public BundleStore(string? directory, int most)
    {
        _directory = directory;
        _most = Math.Max(most, 1);
        if (directory is not null && Directory.Exists(directory))
        {
            IEnumerable<string> files = Directory.EnumerateFiles(directory, "*" + Ending).OrderDescending(StringComparer.Ordinal).Take(_most);
            _bundles.AddRange(files.Reverse().Select(TryRead).OfType<RecordedBundle>());
        }
    }

    public IReadOnlyList<RecordedBundle> Read()
    {
        lock (_gate)
        {
            return [.. _bundles];
        }
    }

    /// <summary>Keeps a bundle; false, with why, when it could not be written. In memory it is kept all the same.</summary>
    public bool TryAdd(RecordedBundle bundle, out string? problem)
    {
        problem = null;
        lock (_gate)
        {
            _bundles.Add(bundle);
            string[] over = [.. _bundles.Take(Math.Max(_bundles.Count - _most, 0)).Select(b => b.Id)];
            _bundles.RemoveRange(0, over.Length);
            if (_directory is null)
            {
                return true;
            }

            try
            {
                Write(bundle);
                foreach (string id in over)
                {
                    File.Delete(PathOf(id));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problem = e.Message;
            }
        }

        return problem is null;
    }

    private static RecordedBundle? TryRead(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LargestFile
                ? FleetJson.Read<RecordedBundle>(File.ReadAllBytes(path))
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null; // Cut off by a crash, or not ours.
        }
    }

    private void Write(RecordedBundle bundle)
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_directory!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        string path = PathOf(bundle.Id);
        string temporary = path + ".new";
        File.WriteAllBytes(temporary, FleetJson.Write(bundle));
        File.Move(temporary, path, overwrite: true);
    }

    private string PathOf(string id) => Path.Combine(_directory!, id + Ending);
}
