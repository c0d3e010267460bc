using System.Diagnostics;
using System.Security.Cryptography;
using Fleet.Agent.Linux;
using Fleet.Agent.Linux.Sensors;
using Fleet.Contracts;

namespace Fleet.Agent.Tests.Linux;

/// <summary>Attribution of processes that really run.</summary>
public sealed class CallerProcessTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("caller-");
    private readonly ExecutableHashes _hashes = new();
    private readonly List<Process> _started = [];

    [Fact]
    public async Task TryRead_RunningProgram_IsNamedWithItsHash()
    {
        Process process = await RunAsync("/bin/sleep", "60");

        Caller? caller = CallerReader.TryRead(process.Id, _hashes);

        Assert.Equal(("sleep", process.Id), (caller?.Comm, caller!.Pid));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(caller.Exe, TestContext.Current.CancellationToken))), caller.ExeHash);
        Assert.Equal(uint.Parse(Posix.TryStat($"/proc/{process.Id}", follow: true, out FileStatus status) ? $"{status.Uid}" : "", null), caller.Uid);
    }

    [Fact]
    public async Task TryRead_InASessionOfItsOwn_LeadsIt()
    {
        Process process = await RunAsync("/usr/bin/setsid", "/bin/sleep 60", "sleep");

        Assert.Equal(process.Id, CallerReader.TryRead(process.Id, null)?.SessionId);
    }

    [Fact]
    public async Task TryRead_ProgramThatWasReplaced_HashesWhatRuns()
    {
        string path = Path.Combine(_directory.FullName, "tool");
        File.Copy("/bin/sleep", path);
        Process process = await RunAsync(path, "60", "tool");
        string? before = CallerReader.TryRead(process.Id, _hashes)?.ExeHash;
        File.Delete(path);
        await File.WriteAllTextAsync(path, "another program", TestContext.Current.CancellationToken);

        Caller? after = CallerReader.TryRead(process.Id, new ExecutableHashes());

        Assert.NotNull(before);
        Assert.Equal(before, after?.ExeHash);
        Assert.EndsWith("(deleted)", after?.Exe, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_LargeProgram_IsHashedInTheBackground()
    {
        string path = Path.Combine(_directory.FullName, "large");
        File.Copy("/bin/sleep", path);
        await using (FileStream file = File.OpenWrite(path))
        {
            file.SetLength(20 * 1024 * 1024);
        }

        Process process = await RunAsync(path, "60", "large");

        string? atOnce = _hashes.Find(process.Id);
        await _hashes.SettleAsync();

        string hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)));
        Assert.Equal(hash, _hashes.Find(process.Id));
        Assert.Contains(atOnce, new[] { null, hash }); // Where this thread had to wait, it is done by then.
    }

    [Fact]
    public async Task HasEnded_ProcessThatEnds_Shows()
    {
        Process process = await RunAsync("/bin/sleep", "60");
        using ProcessHandle? handle = ProcessHandle.TryOpen(process.Id);
        Assert.False(handle!.HasEnded);

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(handle.HasEnded);
        Assert.Null(ProcessHandle.TryOpen(int.MaxValue));
    }

    [Fact]
    public async Task Find_ProcessThatEnded_IsStillNamed()
    {
        using KnownCallers callers = new(_hashes);
        Process process = await RunAsync("/bin/sleep", "60");
        Caller? known = callers.Find(process.Id);
        Assert.Same(known, callers.Find(process.Id));

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Same(known, callers.Find(process.Id)); // what it did before is told after
        Assert.Null(callers.Find(int.MaxValue));
    }

    [Fact]
    public async Task Find_EventOfAProcessThatIsGone_IsNotTakenForItsSuccessor()
    {
        using KnownCallers callers = new(_hashes);
        Process successor = await RunAsync("/bin/sleep", "60");

        Caller caller = callers.Find(new NotifyEvent(0, successor.Id, null, IsGone: true, null, null));

        Assert.Equal((successor.Id, "unknown", 0UL), (caller.Pid, caller.Comm, caller.StartTime));
    }

    [Fact]
    public async Task Find_ProcessThatWasMeant_IsNamedUntilItIsGone()
    {
        using KnownCallers callers = new(_hashes);
        Process process = await RunAsync("/bin/sleep", "60");
        using ProcessHandle? handle = ProcessHandle.TryOpen(process.Id);
        Assert.Equal("sleep", callers.Find(process.Id, handle)?.Comm);
        Process other = await RunAsync("/bin/sleep", "60");

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(handle!.IsGone);
        Assert.Null(callers.Find(other.Id, handle)); // as if the other had been given its id
    }

    [Fact]
    public async Task Read_RootOfAnotherUserNamespace_IsNotPrivileged()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root is privileged at all");
        Process inside = await RunAsync("/usr/bin/unshare", "--user --map-root-user /bin/sleep 60", "sleep");
        Process outside = await RunAsync("/bin/sleep", "60");

        CallerReader.Read(inside.Id, 0, out bool there);
        CallerReader.Read(outside.Id, 0, out bool here);

        Assert.Equal((false, true), (there, here));
    }

    public void Dispose()
    {
        foreach (Process process in _started)
        {
            process.Kill();
            process.Dispose();
        }

        _directory.Delete(recursive: true);
    }

    // Started is not yet running: between fork and exec a process still is what started it.
    private async Task<Process> RunAsync(string path, string arguments, string? comm = null)
    {
        Process process = Process.Start(path, arguments);
        _started.Add(process);
        await Testing.WaitFor.TrueAsync(() => File.ReadAllText($"/proc/{process.Id}/comm").Trim() == (comm ?? Path.GetFileName(path)));
        return process;
    }
}
