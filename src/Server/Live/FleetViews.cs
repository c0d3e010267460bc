using System.Collections.Immutable;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data.Events;
using Fleet.Server.Domain.Hosts;

namespace Fleet.Server.Live;

/// <summary>The fleet as the API shows it: what agents reported, seen through what the server knows of the agents.</summary>
internal sealed class FleetViews(HostDirectory directory, HostPresence presence, MachineKin kin, ContentionReader contention, TimeProvider time)
{
    private const int MostTwins = 16;

    /// <summary>Hosts by name, then by id; a snapshot.</summary>
    public ImmutableSortedSet<HostPlace> Order => directory.Ordered;

    /// <summary>Every host.</summary>
    public IReadOnlyList<HostView> Hosts()
    {
        IReadOnlyDictionary<string, MachineGroup> groups = kin.All();
        ContentionHour hour = contention.LastHour;
        return [.. directory.Hosts.Select(host => Of(host, hour, groups.GetValueOrDefault(host.MachineId)))];
    }

    /// <summary>All that is known of a host; null when there is no such host.</summary>
    public HostRecord? Record(HostId id) => directory.TryGet(id, out HostRecord? host) ? host : null;

    /// <summary>A host's state, without the rest of its view.</summary>
    public string State(HostRecord host) => presence.State(host);

    public DateTimeOffset LastSeen(HostId id) => presence.LastSeen(id);

    /// <summary>Contention of the last hour, as it was last summed.</summary>
    public ContentionHour LastHour => contention.LastHour;

    public HostView? Host(HostId id) => directory.TryGet(id, out HostRecord? host) ? Preview(host) : null;

    /// <summary>A host as it would be shown if its record were this one.</summary>
    public HostView Preview(HostRecord host) => Of(host, contention.LastHour, kin.Of(host.MachineId));

    /// <summary>How many hosts have a key that two machines use.</summary>
    public int ConnectedTwice() => directory.Hosts.Count(host => Twice(host) is not null);

    /// <summary>Every function.</summary>
    public IEnumerable<FunctionView> Functions()
    {
        ContentionHour hour = contention.LastHour;
        return directory.Hosts.SelectMany(host => host.Functions.Select(function => Of(host, function, hour)));
    }

    public FunctionView? Function(HostRecord host, PciAddress address) =>
        host.Functions.FirstOrDefault(function => function.Address == address) is { } facts ? Of(host, facts, contention.LastHour) : null;

    public FunctionView Of(HostRecord host, FunctionFacts facts) => Of(host, facts, contention.LastHour);

    /// <summary>The states of all mailboxes.</summary>
    public IEnumerable<string> MailboxStates() => directory.Hosts.SelectMany(host => host.Functions).SelectMany(function => function.Mailboxes).Select(mailbox => mailbox.State);

    /// <summary>Where all claims come from.</summary>
    public IEnumerable<ClaimSource> ClaimSources() => directory.Hosts.SelectMany(host => host.Claims).Select(claim => claim.Source);

    public IEnumerable<ClaimView> Claims(HostRecord host, PciAddress address) =>
        host.Claims.Where(claim => claim.Function == address).OrderBy(claim => claim.Offset).Select(claim => Of(host, claim));

    private HostView Of(HostRecord host, ContentionHour hour, MachineGroup? group) => new()
    {
        Id = host.Id,
        Name = host.Name,
        State = presence.State(host),
        LastSeen = presence.LastSeen(host.Id),
        Joined = host.Joined,
        JoinToken = host.JoinToken,
        AdmittedBy = host.AdmittedBy,
        Access = HostStates.Of(host.Access.State) is { } state ? new HostAccessView(state, host.Access.Reason, host.Access.By, host.Access.At) : null,
        Facts = host.Facts,
        Kernel = host.Facts?.Kernel,
        Lockdown = host.Facts?.Lockdown,
        Tainted = host.Facts?.Tainted is { } bits ? bits is not 0 : null,
        AgentVersion = host.Facts?.AgentVersion,
        Labels = host.Labels,
        Policies = Policies(host),
        Rejected = host.State?.Rejected,
        Functions = host.Functions.Count,
        Mailboxes = host.Functions.Sum(function => function.Mailboxes.Count),
        Contentions = hour.Of(host.Id),
        EventsSpooled = host.State?.EventsSpooled ?? 0,
        SpoolTrouble = host.State?.SpoolTrouble,
        CertificateExpires = host.Certificate?.NotAfter,
        CertificateOverdue = host.Access.Admitted && host.Certificate?.Overdue(time.GetUtcNow()) is true,
        ClockOffsetSeconds = (long?)host.ClockOffset?.TotalSeconds,
        DuplicateMachineId = group?.IsTwin(host.Id) is true,
        SameMachineId = group?.IsTwin(host.Id) is true ? [.. group.Twins.Where(other => other != host.Id).Take(MostTwins).Select(Reference).OfType<HostReference>()] : [],
        SameMachineIdTotal = group?.IsTwin(host.Id) is true ? group.Twins.Count - 1 : 0,
        ReplacedBy = group?.ReplacedBy(host.Id) is { } later ? Reference(later) : null,
        Replaces = group?.Replaces(host.Id) is { } earlier ? Reference(earlier) : null,
        ConnectedTwice = Twice(host)?.At,
        ConnectedTwiceNote = Twice(host)?.Note,
    };

    private HostReference? Reference(HostId id) => directory.TryGet(id, out HostRecord? host) ? new HostReference(id, host.Name, presence.State(host)) : null;

    private TwiceFinding? Twice(HostRecord host) => host.Twice is { } found && time.GetUtcNow() - found.At < TwiceFinding.Holds ? found : null;

    private static IReadOnlyList<HostPolicy> Policies(HostRecord host)
    {
        Dictionary<string, int> reported = host.Applied.GroupBy(policy => policy.Name).ToDictionary(name => name.Key, name => name.Max(policy => policy.Revision));
        return
        [
            .. host.Desired.Keys.Union(reported.Keys).Order(StringComparer.Ordinal).Select(name => new HostPolicy(
                name,
                host.Desired.TryGetValue(name, out int desired) ? desired : null,
                reported.TryGetValue(name, out int revision) ? revision : null)),
        ];
    }

    private FunctionView Of(HostRecord host, FunctionFacts facts, ContentionHour hour) => new()
    {
        Id = new FunctionId(host.Id, facts.Address),
        Host = host.Id,
        HostName = host.Name,
        HostState = presence.State(host),
        Address = facts.Address,
        VendorId = facts.VendorId,
        DeviceId = facts.DeviceId,
        ClassCode = facts.ClassCode,
        Revision = facts.Revision,
        Driver = facts.Driver,
        Subsystem = facts.Subsystem,
        VendorName = facts.VendorName,
        DeviceName = facts.DeviceName,
        ClassName = facts.ClassName,
        Capabilities = facts.Capabilities,
        Mailboxes = facts.Mailboxes,
        Findings = facts.Findings,
        Contentions = hour.Of(host.Id, facts.Address),
        Claims = host.Claims.Count(claim => claim.Function == facts.Address),
    };

    public static MailboxView Of(HostRecord host, FunctionFacts function, MailboxFacts mailbox)
    {
        FunctionId id = new(host.Id, function.Address);
        return new MailboxView
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{id}-{mailbox.Offset:x3}"),
            Host = host.Id,
            HostName = host.Name,
            Address = function.Address,
            Function = id,
            Offset = mailbox.Offset,
            Features = mailbox.Features,
            Owner = mailbox.Owner,
            OwnerReason = mailbox.OwnerReason,
            State = mailbox.State,
            DiscoveryNote = mailbox.DiscoveryNote,
        };
    }

    public static ClaimView Of(HostRecord host, ClaimFacts claim) =>
        new(host.Id, host.Name, new FunctionId(host.Id, claim.Function), claim);
}
