using Fleet.Agent.Linux;

namespace Fleet.Agent.Tests.Linux;

public sealed class MailboxOwnershipTests : IDisposable
{
    private readonly DirectoryInfo _function = Directory.CreateTempSubdirectory("ownership-");

    [Theory]
    [InlineData("nvme", "none", "none")]
    [InlineData("nvme", "integrity", "none")]
    [InlineData("cxl_pci", "none", "kernel")]
    [InlineData("vfio-pci", "none", "vm")]
    [InlineData(null, "unknown", "none")]
    public void Decide_ByDriver_NamesTheOwner(string? driver, string lockdown, string owner)
    {
        MailboxOwnership decided = MailboxOwnership.Decide(_function.FullName, driver, lockdown);

        Assert.Equal(owner, decided.Owner);
        Assert.EndsWith(".", decided.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tsm0\n", "tsm")]
    [InlineData("\n", "none")] // a manager is there but not connected to this function
    public void Decide_SecurityManager_OwnsWhenConnected(string connect, string owner)
    {
        _function.CreateSubdirectory("tsm");
        File.WriteAllText(Path.Combine(_function.FullName, "tsm", "connect"), connect);
        File.WriteAllText(Path.Combine(_function.FullName, "authenticated"), "");

        Assert.Equal(owner, MailboxOwnership.Decide(_function.FullName, "nvme", "none").Owner);
    }

    [Fact]
    public void Decide_AuthenticatedWithoutManager_IsTheKernel()
    {
        File.WriteAllText(Path.Combine(_function.FullName, "authenticated"), "1\n");

        Assert.Equal("kernel", MailboxOwnership.Decide(_function.FullName, "nvme", "none").Owner);
    }

    public void Dispose() => _function.Delete(recursive: true);
}
