using System.ComponentModel;

namespace Fleet.Server.Http;

/// <summary>The parameters that every list has.</summary>
internal sealed record ListRequest(
    [property: Description("Filter, for example vendor:144d and not host:lab-*")] string? Q,
    [property: Description("Items a page")] int? Limit,
    [property: Description("Cursor that the page before answered as next")] string? Cursor);
