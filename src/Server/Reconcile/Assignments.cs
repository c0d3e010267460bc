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

/// <summary>Makes each host's assignment from fleet.db: the desired revisions, in canonical form, signed.</summary>
internal sealed class Assignments(IDbContextFactory<FleetDb> databases, PolicySigner signer) : IAssignments
{
    // Revisions never change, so one that has been read need not be read again.
    private readonly ConcurrentDictionary<(string Policy, int Revision), CompiledPolicy> _compiled = new();

    public string PublicKey => signer.PublicKey;

    public async Task<SignedAssignment> GetAsync(HostId host, CancellationToken ct)
    {
        byte[] payload = await PayloadAsync(host, ct);
        return new SignedAssignment(Tag(payload), Convert.ToBase64String(payload), Convert.ToBase64String(signer.Sign(payload)));
    }

    public async Task<string> TagAsync(HostId host, CancellationToken ct) => Tag(await PayloadAsync(host, ct));

    private static string Tag(byte[] payload) => Convert.ToHexStringLower(SHA256.HashData(payload).AsSpan(0, 16));

    private async Task<byte[]> PayloadAsync(HostId host, CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        HostRow? row = await db.Hosts.AsNoTracking().FirstOrDefaultAsync(found => found.Id == host, ct);
        ImmutableSortedDictionary<string, int> desired = row is null ? ImmutableSortedDictionary<string, int>.Empty : DesiredPolicies.Read(row);
        List<CompiledPolicy> policies = [];
        foreach ((string policy, int revision) in desired)
        {
            policies.Add(await CompiledAsync(db, policy, revision, ct));
        }

        return CanonicalJson.Write(new Assignment(host, row?.Generation ?? 0, policies));
    }

    private async Task<CompiledPolicy> CompiledAsync(FleetDb db, string policy, int revision, CancellationToken ct)
    {
        if (_compiled.TryGetValue((policy, revision), out CompiledPolicy? compiled))
        {
            return compiled;
        }

        string json = await db.PolicyRevisions.Where(row => row.Policy == policy && row.Number == revision).Select(row => row.Compiled).SingleAsync(ct);
        return _compiled[(policy, revision)] = JsonSerializer.Deserialize<CompiledPolicy>(json, FleetJson.Options)!;
    }
}
