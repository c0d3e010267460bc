using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Policies;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Reconcile;

/// <summary>
/// Makes each host's assignment: the desired revisions, in canonical form, signed. Agents ask again and again, and most have what they should: that is seen by
/// the directory alone. Who has something else gets what the row says, because an agent may come from a server that knows of a change sooner than this one.
/// </summary>
internal sealed class Assignments(IDbContextFactory<FleetDb> databases, HostDirectory hosts, PolicySigner signer) : IAssignments
{
    // Revisions never change, so one that has been read need not be read again.
    private readonly ConcurrentDictionary<(string Policy, int Revision), CompiledPolicy> _compiled = new();

    public string PublicKey => signer.PublicKey;

    public SignedPolicyKeys? Keys => signer.Ring.List;

    public async Task<SignedAssignment> GetAsync(HostId host, bool knowsPolicyKeys, CancellationToken ct)
    {
        (ImmutableSortedDictionary<string, int> desired, long generation) = await CommittedAsync(host, ct);
        byte[] payload = await PayloadAsync(host, desired, generation, ct);
        (byte[] signature, SignedPolicyKeys? keys) = signer.Sign(payload, knowsPolicyKeys);
        return new SignedAssignment(Tag(payload), Convert.ToBase64String(payload), Convert.ToBase64String(signature), keys);
    }

    public async Task<string> TagAsync(HostId host, CancellationToken ct)
    {
        (ImmutableSortedDictionary<string, int> desired, long generation) = Remembered(host);
        return Tag(await PayloadAsync(host, desired, generation, ct));
    }

    private static string Tag(byte[] payload) => Convert.ToHexStringLower(SHA256.HashData(payload).AsSpan(0, 16));

    private async Task<(ImmutableSortedDictionary<string, int> Desired, long Generation)> CommittedAsync(HostId host, CancellationToken ct)
    {
        try
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            return await db.Hosts.Where(row => row.Id == host).Select(row => new { row.Desired, row.Generation }).SingleOrDefaultAsync(ct) is { } wanted
                ? (DesiredPolicies.Parse(wanted.Desired), wanted.Generation)
                : Remembered(host);
        }
        catch (Exception error) when (DatabaseFailures.Reason(error) is not null)
        {
            // The database is away. What is remembered was wanted a moment ago, and no agent takes what is older than what it has.
            return Remembered(host);
        }
    }

    private (ImmutableSortedDictionary<string, int> Desired, long Generation) Remembered(HostId host) => hosts.TryGet(host, out HostRecord? record)
        ? (record.Desired, record.Generation)
        : (ImmutableSortedDictionary<string, int>.Empty, 0);

    private async Task<byte[]> PayloadAsync(HostId host, ImmutableSortedDictionary<string, int> desired, long generation, CancellationToken ct)
    {
        List<CompiledPolicy> policies = [];
        foreach ((string policy, int revision) in desired)
        {
            policies.Add(await CompiledAsync(policy, revision, ct));
        }

        return CanonicalJson.Write(new Assignment(host, generation, policies));
    }

    private async Task<CompiledPolicy> CompiledAsync(string policy, int revision, CancellationToken ct)
    {
        if (_compiled.TryGetValue((policy, revision), out CompiledPolicy? compiled))
        {
            return compiled;
        }

        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        string json = await db.PolicyRevisions.Where(row => row.Policy == policy && row.Number == revision).Select(row => row.Compiled).SingleAsync(ct);
        return _compiled[(policy, revision)] = JsonSerializer.Deserialize<CompiledPolicy>(json, FleetJson.Options)!;
    }
}
