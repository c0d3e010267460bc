using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace Fleet.Server.Http;

/// <summary>The parameters that every list has.</summary>
internal sealed record ListRequest(
    [property: FromQuery(Name = "q"), Description("Filter, for example vendor:144d and not host:lab-*")] string? Q,
    [property: FromQuery(Name = "limit"), Description("Items a page")] int? Limit,
    [property: FromQuery(Name = "cursor"), Description("Cursor that the page before answered as next")] string? Cursor);
