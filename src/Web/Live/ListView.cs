using Fleet.Client;
using Fleet.Contracts;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web;

/// <summary>A page that shows one list: filter, order and place in it are the URL's.</summary>
/// <typeparam name="TItem">What is listed.</typeparam>
public abstract class ListView<TItem> : LiveView<Page<TItem>>
{
    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    protected ListQuery Query => new(Filter, Cursor, 200) { Sort = Sort };

    protected bool Filtered => !string.IsNullOrWhiteSpace(Filter) || Cursor is not null;

    /// <summary>"1,287 match", or "6,914".</summary>
    protected string Summary(string one, string? many = null) =>
        Model is not { } page ? ""
        : (page.Total, Filtered) switch
        {
            ({ } total, true) => $"{Text.Show.Counted(total, one, many)} {(total == 1 ? "matches" : "match")}",
            ({ } total, false) => Text.Show.Counted(total, one, many),
            _ => page.Next is null ? Text.Show.Counted(page.Items.Count, one, many) : $"first {Text.Show.Counted(page.Items.Count, one, many)}",
        };
}
