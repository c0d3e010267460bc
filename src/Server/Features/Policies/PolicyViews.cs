using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Live;

namespace Fleet.Server.Features.Policies;

/// <summary>Policies as the API shows them.</summary>
internal sealed class PolicyViews(HostDirectory directory, HostSelection selection)
{
    public PolicyView Of(PolicyRevisionRow revision) => new()
    {
        Name = revision.Policy,
        Description = revision.Description,
        Revision = revision.Number,
        Mode = revision.Mode,
        Priority = revision.Priority,
        Hosts = revision.Hosts,
        Functions = revision.Functions,
        Claims = revision.Claims,
        Author = revision.Author,
        Changed = revision.Created,
        Document = revision.Document,
        Reported =
        [
            .. directory.Hosts.SelectMany(host => host.Applied.Where(applied => applied.Name == revision.Policy))
                .GroupBy(applied => applied.Revision).OrderBy(group => group.Key)
                .Select(group => new RevisionCount(group.Key, group.Count())),
        ],
        MatchingHosts = Matching(revision),
    };

    /// <summary>How many hosts the revision's selector matches now.</summary>
    public int Matching(PolicyRevisionRow revision) => selection.Count(HostSelection.Stored(revision.Hosts));
}
