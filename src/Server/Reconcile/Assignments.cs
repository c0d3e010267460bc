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
/// Makes each host's assignment: the desired revisions, in canonical form, signed. What is desired comes from the directory: agents ask again and again, and
/// a host's row holds its whole inventory. Where another server's change is not there yet, the nudge that follows it brings the agent back.
/// </summary>
internal sealed class Assignments(IDbContextFactory<FleetDb> databases, HostDirectory hosts, PolicySigner signer) : IAssignments
{
    // Revisions never change, so one that has been read need not be read again.
    private readonly ConcurrentDictionary<(string Policy, int Revision), CompiledPolicy> _compiled = new();

    public string PublicKey => signer.PublicKey;

    public SignedPolicyKeys? Keys => signer.Ring.List;

    public async Task<SignedAssignment> GetAsync(HostId host, bool knowsPolicyKeys, CancellationToken ct)
    {
        byte[] payload = await PayloadAsync(host, ct);
        (byte[] signature, SignedPolicyKeys? keys) = signer.Sign(payload, knowsPolicyKeys);
        return new SignedAssignment(Tag(payload), Convert.ToBase64String(payload), Convert.ToBase64String(signature), keys);
    }

    public async Task<string> TagAsync(HostId host, CancellationToken ct) => Tag(await PayloadAsync(host, ct));

    private static string Tag(byte[] payload) => Convert.ToHexStringLower(SHA256.HashData(payload).AsSpan(0, 16));

    private async Task<byte[]> PayloadAsync(HostId host, CancellationToken ct)
    {
        hosts.TryGet(host, out HostRecord? record);
        List<CompiledPolicy> policies = [];
        foreach ((string policy, int revision) in record?.Desired ?? ImmutableSortedDictionary<string, int>.Empty)
        {
            policies.Add(await CompiledAsync(policy, revision, ct));
        }

        return CanonicalJson.Write(new Assignment(host, record?.Generation ?? 0, policies));
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
