namespace Fleet.Server.Live.News;

/// <summary>
/// Tells the other servers on the same database what this one has changed, after the commit. They read it from the database, which alone is the truth, so a
/// notice that is lost or comes twice does no harm: it is made good when the connection is, or by the comparison that each server makes once in a while.
/// </summary>
internal interface IFleetNews
{
    /// <summary>Says that something changed. Cheap, from any thread, never fails.</summary>
    void Publish(NewsKind kind, string key = "");
}
