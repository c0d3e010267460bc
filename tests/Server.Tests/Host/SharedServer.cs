namespace Fleet.Server.Tests.Host;

/// <summary>One server for the tests that do not change what others see.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServer : ICollectionFixture<TestServer>
{
    public const string Name = "shared server";
}
