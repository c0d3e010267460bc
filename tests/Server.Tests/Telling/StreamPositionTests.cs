using System.Net.Http.Headers;
using Fleet.Server.Data.Events;
using Fleet.Server.Tests.Host;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Telling;

/// <summary>A stream whose filter matches little: it says how far it came, so that who is cut off goes on from there.</summary>
public sealed class StreamPositionTests
{
    [Theory]
    [InlineData("text/event-stream", "id: {0}\n\n")]
    [InlineData("application/x-ndjson", "{{\"position\":\"{0}\"}}\n")]
    public async Task Stream_BudgetUsedUpBeforeAnythingIsFound_SaysThePosition(string accept, string expected)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using TestServer server = new() { Adjust = UnsteadyStore.Before };
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "streamed");
        await agent.ConnectAsync();
        await agent.PushAsync([.. Enumerable.Range(1, 5).Select(i => agent.Contention(i))]);
        UnsteadyStore store = server.Services.GetRequiredService<UnsteadyStore>();
        EventPosition end = await store.EndAsync(ct);
        store.Stop = end with { Row = end.Row - 1 };

        using HttpClient admin = server.Admin();
        admin.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        string told = await admin.GetStringAsync($"/api/v1/events/stream?follow=false&q=comm:nobody&since={end with { Row = 0 }}", ct);

        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, store.Stop), told);
    }
}
