namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>Tests that share one ./run.</summary>
[CollectionDefinition(Name)]
public sealed class FleetCollection : ICollectionFixture<RunningFleet>, ICollectionFixture<ChromiumBrowser>
{
    public const string Name = "one ./run";
}
