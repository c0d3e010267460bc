using System.Net;
using Fleet.Server.Hosting;

namespace Fleet.Server.Tests.Store;

public sealed class DamagedDatabaseTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("fleet-damaged-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Start_OnADatabaseThatIsNone_SaysWhatToDo()
    {
        await File.WriteAllTextAsync(Path.Combine(_data, "fleet.db"), new string('x', 8192), TestContext.Current.CancellationToken);

        StartException error = await Assert.ThrowsAsync<StartException>(() => ServerApp.StartAsync(
            new ServerOptions { Http = new IPEndPoint(IPAddress.Loopback, 0), Agents = new IPEndPoint(IPAddress.Loopback, 0), DataDirectory = _data }, TestContext.Current.CancellationToken));

        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
        Assert.Contains("fleet-server restore", error.Message, StringComparison.Ordinal);
    }
}
