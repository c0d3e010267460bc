using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace Fleet.Server.Http;

/// <summary>The parameters of a list that can be put into an order.</summary>
internal sealed record SortedRequest(
    [property: FromQuery(Name = "q"), Description("Filter, for example vendor:144d and not host:lab-*")] string? Q,
    [property: FromQuery(Name = "limit"), Description("Items a page")] int? Limit,
    [property: FromQuery(Name = "cursor"), Description("Cursor that the page before answered as next; it belongs to the order in which it was given out")] string? Cursor,
    [property: FromQuery(Name = "sort"), Description("What the whole list is ordered by, with a dash before it for descending; what is not known comes last either way. Left out, the list has its own order")] string? Sort)
{
    public ListRequest Plain => new(Q, Limit, Cursor);
}
