using Fleet.Contracts;
using Fleet.Server.Domain.Attestation;

namespace Fleet.Server.Live.Attestation;

/// <summary>Where functions stand, as the API and the metrics show it.</summary>
internal sealed class AttestationViews(DeviceDirectory devices, HostDirectory hosts, ReferenceCatalog references, AttestationTimes times, TimeProvider time)
{
    /// <summary>Every function that could be attested, or was.</summary>
    public IReadOnlyList<AttestationView> All()
    {
        List<AttestationView> views = [];
        HashSet<FunctionId> listed = [];
        foreach (HostRecord host in hosts.Hosts)
        {
            foreach (FunctionFacts facts in host.Functions.Where(facts => FunctionNaming.SpdmMailboxes(facts).Any()))
            {
                FunctionId id = new(host.Id, facts.Address);
                listed.Add(id);
                views.Add(Of(id, host, facts));
            }
        }

        views.AddRange(devices.Devices.Where(device => !listed.Contains(device.Function)).Select(device =>
            Of(device.Function, hosts.TryGet(device.Function.Host, out HostRecord? host) ? host : null, null)));
        return views;
    }

    public AttestationView? Of(FunctionId id)
    {
        hosts.TryGet(id.Host, out HostRecord? host);
        FunctionFacts? facts = host?.Functions.FirstOrDefault(function => function.Address == id.Address);
        bool could = facts is not null && FunctionNaming.SpdmMailboxes(facts).Any();
        return could || devices.TryGet(id, out _) ? Of(id, host, facts) : null;
    }

    /// <summary>States and their functions' numbers, every state among them.</summary>
    public IReadOnlyDictionary<AttestationState, int> Count() =>
        Enum.GetValues<AttestationState>().ToDictionary(state => state, state => 0)
            .Concat(All().CountBy(view => view.State)).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value));

    /// <summary>How many of them miss the objective: no evidence that counts, or one that is older than two intervals.</summary>
    public int Late()
    {
        DateTimeOffset now = time.GetUtcNow();
        return All().Count(view => !devices.TryGet(view.Function, out DeviceStanding? standing)
            || Standings.IsLate(standing, now, times.EveryOf(references.ByName(standing.Profile))));
    }

    private AttestationView Of(FunctionId id, HostRecord? host, FunctionFacts? facts)
    {
        devices.TryGet(id, out DeviceStanding? standing);
        DateTimeOffset now = time.GetUtcNow();
        DeviceStanding known = standing ?? new DeviceStanding { Function = id, Since = host?.InventoryAt ?? now };
        (AttestationState state, string reason, DateTimeOffset since) = Standings.Show(known, now, times.MaxAgeOf(references.ByName(known.Profile)));
        if (facts is null || !FunctionNaming.SpdmMailboxes(facts).Any())
        {
            reason = state is AttestationState.Failed ? reason : "Its host's inventory has no such function with an SPDM mailbox any more.";
            state = state is AttestationState.Failed ? state : AttestationState.Unknown;
        }

        return new AttestationView
        {
            Function = id,
            Host = id.Host,
            HostName = host?.Name ?? id.Host.ToString(),
            Address = id.Address,
            VendorId = facts?.VendorId ?? "ffff",
            DeviceId = facts?.DeviceId ?? "ffff",
            DeviceName = facts?.DeviceName,
            State = state,
            Reason = reason,
            Check = state is AttestationState.Trusted or AttestationState.Stale ? null : known.Check,
            Since = since,
            EvidenceAt = known.EvidenceAt,
            Attestation = known.Attestation,
            Profile = known.Profile,
            Quarantined = known.Quarantined,
            Identity = known.Pin,
            Open = known.OpenUntil > now ? known.Open : null,
            Next = known.Due,
        };
    }
}
