using System.Text.Json;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>Evidence on disk, a file a job, and the room that is taken for it beforehand.</summary>
internal sealed class EvidenceFiles(string directory, ILogger log)
{
    private const string Extension = ".json";

    /// <summary>What an earlier life left, oldest first. What it had reserved, or did not come to write whole, goes.</summary>
    public List<WaitingReport> Open()
    {
        foreach (FileInfo file in Find("*" + Extension + DurableFile.Making))
        {
            Delete(file.FullName);
        }

        return [.. Find("*" + Extension).Select(file => new WaitingReport(Path.GetFileNameWithoutExtension(file.Name), file.Length))];
    }

    /// <exception cref="IOException">There is no room.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory is not the agent's to write.</exception>
    public void Reserve(string job, long bytes)
    {
        MakeDirectory();
        DurableFile.Reserve(PathOf(job), bytes, secret: true);
    }

    /// <summary>Gives back what was reserved and not used.</summary>
    public void Release(string job) => Delete(PathOf(job) + DurableFile.Making);

    /// <summary>Writes a report; when this returns it survives a power cut.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory is not the agent's to write.</exception>
    public void Write(string job, ReadOnlySpan<byte> content)
    {
        MakeDirectory();
        DurableFile.Write(PathOf(job), content, secret: true);
    }

    /// <summary>Reads a report; null for one that cannot be read, which is put aside, and the log says so.</summary>
    public EvidenceReport? Read(string job)
    {
        string problem = "it is another's";
        try
        {
            if (FleetJson.Read<EvidenceReport>(File.ReadAllBytes(PathOf(job))) is { } report && report.Job == job)
            {
                return report;
            }
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }

        log.EvidenceUnreadable(PathOf(job), problem);
        try
        {
            File.Move(PathOf(job), PathOf(job) + ".damaged", overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.EvidenceRoomKept(PathOf(job), e.Message);
        }

        return null;
    }

    public void Forget(string job) => Delete(PathOf(job));

    // Where that fails the next start does it; evidence that is sent once more then changes nothing.
    private void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.EvidenceRoomKept(path, e.Message);
        }
    }

    private void MakeDirectory() => Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private List<FileInfo> Find(string pattern) => !Directory.Exists(directory)
        ? []
        : [.. new DirectoryInfo(directory).EnumerateFiles(pattern)
            .Where(file => JobPlan.IsId(file.Name.Split('.')[0]))
            .OrderBy(file => file.LastWriteTimeUtc).ThenBy(file => file.Name, StringComparer.Ordinal)];

    private string PathOf(string job) => Path.Combine(directory, job + Extension);
}
