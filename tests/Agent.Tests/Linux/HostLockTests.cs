using Fleet.Agent.Linux;

namespace Fleet.Agent.Tests.Linux;

public sealed class HostLockTests
{
    [Fact]
    public void TryTake_WhileHeld_NamesTheHolderAndIsFreeAfterwards()
    {
        HostLock? first = HostLock.TryTake(out string other);
        Assert.SkipWhen(first is null, $"an agent runs on this host: {other}");
        using (first)
        {
            Assert.Null(HostLock.TryTake(out string holder));
            Assert.Equal($"process {Environment.ProcessId}", holder);
        }

        using HostLock? again = HostLock.TryTake(out _);
        Assert.NotNull(again);
    }
}
