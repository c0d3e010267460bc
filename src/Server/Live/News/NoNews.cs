namespace Fleet.Server.Live.News;

/// <summary>The news of a server that is alone on its database: there is nobody to tell.</summary>
internal sealed class NoNews : IFleetNews
{
    public void Publish(NewsKind kind, string key = "")
    {
    }
}
