using Fleet.Server.Tests.Host;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Tests.Reports;

[Collection(SharedServer.Name)]
public sealed class BadReportTests(TestServer server)
{
    [Fact]
    public async Task Hello_OneOfManyHasANulInAnId_TheOthersComeIn()
    {
        TestAgent[] agents = [.. await Task.WhenAll(Enumerable.Range(0, 8).Select(i => TestAgent.JoinedAsync(server, $"nul-{i}")))];
        agents[3].MachineId = "a\0b";

        Exception?[] errors = await Task.WhenAll(agents.Select(agent => Record.ExceptionAsync(() => agent.ConnectAsync()).AsTask()));

        Assert.IsType<HubException>(errors[3]);
        Assert.All(errors.Where((_, i) => i is not 3), Assert.Null);
        foreach (TestAgent agent in agents)
        {
            await agent.DisposeAsync();
        }
    }

    [Fact]
    public async Task Hello_SensorsHoldNull_IsRefused()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "null-sensor");
        await agent.OpenAsync();

        await Assert.ThrowsAsync<HubException>(() => agent.GreetAsync(agent.Facts() with { Sensors = [null!] }));
    }
}
