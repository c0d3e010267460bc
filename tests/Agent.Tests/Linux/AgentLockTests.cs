using Fleet.Agent.Linux;

namespace Fleet.Agent.Tests.Linux;

public sealed class AgentLockTests : IDisposable
{
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("agent-lock-");

    private string LockPath => Path.Combine(_place.FullName, "agent.lock");

    [Fact]
    public void TryTake_Held_NamesTheHolder()
    {
        using AgentLock? first = AgentLock.TryTake(LockPath, out _);

        Assert.NotNull(first);
        Assert.Null(AgentLock.TryTake(LockPath, out string holder));
        Assert.Equal($"process {Environment.ProcessId}", holder);
    }

    [Fact]
    public void TryTake_AfterRelease_Succeeds()
    {
        AgentLock.TryTake(LockPath, out _)!.Dispose();

        using AgentLock? again = AgentLock.TryTake(LockPath, out string holder);

        Assert.NotNull(again);
        Assert.Empty(holder);
    }

    [Fact]
    public void TryTake_NoDirectory_SaysWhy()
    {
        Assert.Null(AgentLock.TryTake(Path.Combine(_place.FullName, "none", "agent.lock"), out string holder));
        Assert.Contains("cannot be opened", holder, StringComparison.Ordinal);
    }

    public void Dispose() => _place.Delete(recursive: true);
}
