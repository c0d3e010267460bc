// DOE mailboxes of the fleet.
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http;
using Fleet.Server.Http.Filters;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Mailboxes;

internal static class MailboxesFeature
{
    private static readonly FleetList<Entry, MailboxView> List = new()
    {
        Fields = FleetFields.Mailboxes,
        Count = host => host.Functions.Sum(function => function.Mailboxes.Count),
        Entries = (_, host) => host.Functions.SelectMany(function => function.Mailboxes.Select(mailbox => new Entry(host, function, mailbox))),
        View = entry => FleetViews.Of(entry.Host, entry.Function, entry.Mailbox),
        Selectable = Selectables.Of,
        Key = entry => SortKeys.Of(entry.Host.Name, entry.Host.Id, entry.Function.Address, entry.Mailbox.Offset),
        Columns = new SortColumns<Entry>()
            .Text("host", entry => entry.Host.Name)
            .Number("address", entry => SortKeys.Number(entry.Function.Address))
            .Number("offset", entry => entry.Mailbox.Offset)
            .Text("owner", entry => entry.Mailbox.Owner)
            .Text("state", entry => entry.Mailbox.State),
    };

    public static void MapMailboxes(this RouteGroupBuilder api) => api.MapGet("/mailboxes", Handle).WithTags("Mailboxes").WithName("listMailboxes")
        .WithSummary("DOE mailboxes of all hosts, by host and address unless sorted otherwise").WithDescription(List.Columns.Sentence).Needs(Scopes.HostsRead);

    private static Results<Ok<Page<MailboxView>>, ProblemHttpResult> Handle([AsParameters] SortedRequest request, FleetViews views) => FleetLists.Answer(request, views, List);

    private readonly record struct Entry(HostRecord Host, FunctionFacts Function, MailboxFacts Mailbox);
}
