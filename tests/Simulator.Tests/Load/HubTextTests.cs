using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Simulator.Load.Link;

namespace Fleet.Simulator.Tests.Load;

public sealed class HubTextTests
{
    [Fact]
    public void WriteCall_IsOneTextOfTheHubProtocol()
    {
        using PooledText text = new();
        HubText.WriteCall(text, 7, nameof(IAgentHub.FetchAssignment), "a-tag");

        Assert.Equal("{\"type\":1,\"invocationId\":\"7\",\"target\":\"FetchAssignment\",\"arguments\":[\"a-tag\"]}\u001e", Encoding.UTF8.GetString(text.Written.Span));
    }

    [Fact]
    public void WriteCall_OfALargeArgument_IsWhole()
    {
        string large = new('x', 100_000);
        using PooledText text = new();
        HubText.WriteCall(text, 1, "Any", large);

        Assert.Equal(large, JsonDocument.Parse(text.Written[..^1]).RootElement.GetProperty("arguments")[0].GetString());
    }

    [Theory]
    [InlineData("""{"type":3,"invocationId":"12","result":{"a":[1,2]}}""", 12, """{"a":[1,2]}""", null)]
    [InlineData("""{"type":3,"invocationId":"12","error":"no"}""", 12, "", "no")]
    [InlineData("""{"later":{"x":1},"type":3,"invocationId":"1","result":null}""", 1, "null", null)]
    public void Read_OfACompletion_FindsResultOrError(string text, int id, string body, string? error)
    {
        HubMessage message = HubText.Read(Encoding.UTF8.GetBytes(text));

        Assert.Equal((HubText.Completion, id, error), (message.Type, message.Id, message.Error));
        Assert.Equal(body, Encoding.UTF8.GetString(message.Body.Span));
    }
}
