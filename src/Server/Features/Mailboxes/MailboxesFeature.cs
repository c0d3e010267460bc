// DOE mailboxes of the fleet.
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Mailboxes;

internal static class MailboxesFeature
{
    public static void MapMailboxes(this RouteGroupBuilder api) =>
        api.MapGet("/mailboxes", List).WithTags("Mailboxes").WithName("listMailboxes").WithSummary("DOE mailboxes of all hosts").Needs(Scopes.HostsRead);

    private static Results<Ok<Page<MailboxView>>, ProblemHttpResult> List([AsParameters] ListRequest request, FleetViews views) => FleetLists.Answer(
        request,
        Selectables.MailboxFields,
        views.Order,
        id => views.Count(id, host => host.Functions.Sum(function => function.Mailboxes.Count)),
        views.MailboxesOf,
        Selectables.Of,
        mailbox => SortKeys.Of(mailbox.HostName, mailbox.Host, mailbox.Address, mailbox.Offset));
}
