using System.Security.Cryptography;
using System.Text;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>Which keys a host believes its policies by, once its server's root has replaced one that may be stolen.</summary>
public sealed class PolicyKeyTests : IDisposable
{
    private static readonly HostId Host = new(Guid.CreateVersion7());
    private readonly TemporaryDirectory _directory = new();
    private readonly TestAuthority _authority = new();
    private readonly ECDsa _next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<FleetEvent> _events = [];
    private readonly List<IReadOnlyList<CompiledPolicy>> _applied = [];
    private readonly LogDouble _log = new();

    private ECDsa Old => _authority.PolicyKey;

    private PolicyTrust Pinned => new(AssignmentsTests.Public(Old));

    public void Dispose()
    {
        _next.Dispose();
        _authority.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void TryRead_SignedByTheRoot_SaysWhichKeysCount()
    {
        ListedPolicyKeys list = Read(_authority.List(7, [Old, _next]));

        Assert.Equal((7L, 2), (list.Number, list.List.Keys.Count));
    }

    [Fact]
    public void TryRead_AnyBitOfItChanged_IsRefused()
    {
        SignedPolicyKeys signed = _authority.List(7, [_next], Old);
        byte[] payload = Convert.FromBase64String(signed.Payload);
        byte[] signature = Convert.FromBase64String(signed.Signature);
        for (int i = 0; i < payload.Length; i += 5)
        {
            byte[] changed = [.. payload];
            changed[i] ^= 1;
            Refused(signed with { Payload = Convert.ToBase64String(changed) });
            Refused(signed with { Payload = Convert.ToBase64String(payload[..i]) });
        }

        for (int i = 0; i < signature.Length; i++)
        {
            byte[] changed = [.. signature];
            changed[i] ^= 1;
            Refused(signed with { Signature = Convert.ToBase64String(changed) });
            Refused(signed with { Signature = Convert.ToBase64String(signature[..i]) });
        }
    }

    [Fact]
    public void TryRead_SignedByAnother_IsRefused()
    {
        using TestAuthority other = new();
        using var server = _authority.IssueServer();
        byte[] payload = FleetJson.Write(new PolicyKeyList(7, [AssignmentsTests.Public(_next)], []));

        Refused(other.List(7, [_next]));
        Refused(PolicyKeyLists.Sign(server, payload));
    }

    [Fact]
    public void TryRead_RootsSignatureOverTheListAlone_IsRefused()
    {
        // What the root signs says what it is: no other signature of its can be passed off as one of a list.
        byte[] payload = FleetJson.Write(new PolicyKeyList(7, [AssignmentsTests.Public(_next)], []));

        Refused(PolicyKeyLists.Sign(_authority.Certificate, payload, signed: payload));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"number":0,"keys":["KEY"],"retired":[]}""")]
    [InlineData("""{"number":-1,"keys":["KEY"],"retired":[]}""")]
    [InlineData("""{"number":7,"keys":[],"retired":[]}""")]
    [InlineData("""{"number":7,"keys":["KEY","AAAA"],"retired":[]}""")]
    [InlineData("""{"number":7,"keys":["KEY",null],"retired":[]}""")]
    [InlineData("""{"number":7,"keys":["KEY","KEY","KEY","KEY","KEY","KEY","KEY","KEY","KEY"],"retired":[]}""")]
    public void TryRead_SignedAndNoListOfOurs_IsRefused(string text) =>
        Refused(PolicyKeyLists.Sign(_authority.Certificate, Encoding.UTF8.GetBytes(text.Replace("KEY", AssignmentsTests.Public(_next), StringComparison.Ordinal))));

    [Fact]
    public void TryRead_LongerThanAnyList_IsRefused() =>
        Refused(PolicyKeyLists.Sign(_authority.Certificate, Encoding.UTF8.GetBytes($"{{\"number\":7,\"x\":\"{new string('x', SignedPolicyKeys.LargestPayload)}\"}}")));

    [Fact]
    public void TryRead_OfALaterVersion_IsRead()
    {
        string text = $$"""{ "number": 7, "keys": ["{{AssignmentsTests.Public(_next)}}"], "more": { "deep": 1 } }""";

        Assert.Empty(Read(PolicyKeyLists.Sign(_authority.Certificate, Encoding.UTF8.GetBytes(text))).List.Retired);
    }

    [Fact]
    public void Accept_BothListed_BelievesBoth()
    {
        Assignments assignments = Create();
        PolicyTrust both = Pinned with { Listed = Read(_authority.List(7, [Old, _next])) };

        Assert.True(assignments.Accept(AssignmentsTests.Sign(Old, Host, 1, "guard"), Host, both));
        Assert.True(assignments.Accept(AssignmentsTests.Sign(_next, Host, 2, "guard"), Host, both));
    }

    [Fact]
    public void Accept_SignedByTheRetiredKey_IsRefusedAndSaysWhich()
    {
        Assignments assignments = Create();
        PolicyTrust trust = Pinned with { Listed = Read(_authority.List(7, [_next])) };
        assignments.Accept(AssignmentsTests.Sign(_next, Host, 1, "guard"), Host, trust);

        Assert.False(assignments.Accept(AssignmentsTests.Sign(Old, Host, 2, "open"), Host, trust));

        Assert.Equal(1, assignments.Generation);
        FleetEvent refusal = Assert.Single(_events, e => e.Kind is EventKinds.PolicyKeyRefused);
        Assert.Contains($"policy key {PolicyTrust.ShortName(AssignmentsTests.Public(Old))}, which the server's root has retired (list 7", refusal.Detail, StringComparison.Ordinal);
        Assert.Contains(_log.Said, line => line.Contains("has retired", StringComparison.Ordinal));
    }

    [Fact]
    public void Accept_SignedByAKeyThatWasNeverListed_IsRefused()
    {
        using ECDsa stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assignments assignments = Create();

        Assert.False(assignments.Accept(AssignmentsTests.Sign(stranger, Host, 1, "open"), Host, Pinned with { Listed = Read(_authority.List(7, [_next], Old)) }));

        Assert.Contains("none of the policy keys", assignments.Rejected, StringComparison.Ordinal);
        Assert.Single(_events, e => e.Kind is EventKinds.PolicyKeyRefused);
    }

    [Fact]
    public void Accept_KeyOfWhatIsInForceIsRetired_IsAskedForAndSignedAnewInSilence()
    {
        Assignments assignments = Create();
        SignedAssignment before = AssignmentsTests.Sign(Old, Host, 4, "guard");
        assignments.Accept(before, Host, Pinned);
        PolicyTrust trust = Pinned with { Listed = Read(_authority.List(7, [_next], Old)) };

        Assert.Null(assignments.TagFor(trust));
        Assert.True(assignments.Accept(AssignmentsTests.Sign(_next, Host, 4, "guard"), Host, trust));

        Assert.Equal(before.Tag, assignments.TagFor(trust));
        Assert.Single(_applied);
        Assert.Single(_events);
        Assignments after = Create();
        after.Restore(Host, trust);
        Assert.Equal(before.Tag, after.TagFor(trust));
    }

    [Fact]
    public void Restore_KeyWasRetiredMeanwhile_IsInForceAndAskedForAnew()
    {
        Create().Accept(AssignmentsTests.Sign(Old, Host, 4, "guard"), Host, Pinned);
        PolicyTrust trust = Pinned with { Listed = Read(_authority.List(7, [_next], Old)) };
        Assignments after = Create();

        after.Restore(Host, trust);

        Assert.Equal(4, after.Generation);
        Assert.Equal(2, _applied.Count);
        Assert.Null(after.TagFor(trust));
    }

    [Fact]
    public void Accept_ThiefsGenerationThatNoServerReaches_HoldsOnlyUntilHisKeyIsRetired()
    {
        Assignments assignments = Create();
        assignments.Accept(AssignmentsTests.Sign(Old, Host, long.MaxValue, "open"), Host, Pinned);
        Assert.False(assignments.Accept(AssignmentsTests.Sign(Old, Host, 5, "guard"), Host, Pinned));

        PolicyTrust trust = Pinned with { Listed = Read(_authority.List(7, [_next], Old)) };
        Assert.True(assignments.Accept(AssignmentsTests.Sign(_next, Host, 5, "guard"), Host, trust));

        Assert.Equal((5L, "guard"), (assignments.Generation, assignments.Applied[0].Name));
        Assert.False(assignments.Accept(AssignmentsTests.Sign(_next, Host, 4, "guard"), Host, trust));
    }

    [Fact]
    public async Task Take_OlderList_IsRefusedAfterARestartToo()
    {
        (PolicyKeyring keys, LinkStanding standing, IdentityFiles files) = await JoinedAsync();
        SignedPolicyKeys first = _authority.List(7, [Old, _next]);
        Assert.True(keys.Take(first));
        Assert.True(keys.Take(_authority.List(8, [_next], Old)));
        Assert.False(keys.Take(first));
        Assert.False(keys.Take(_authority.List(8, [Old])));

        LinkStanding again = new(standing.Identity, TimeProvider.System) { PolicyKeys = files.LoadPolicyKeys(standing.Identity) };
        Assert.Equal(8, again.PolicyTrust.Number);
        Assert.False(new PolicyKeyring(again, files, "host-a", _log).Take(first));

        Assert.False(again.PolicyTrust.Counts(AssignmentsTests.Public(Old)));
        Assert.Contains(_log.Said, line => line.Contains("(7) is older than the one this host has (8)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Take_ListThatTheRootDidNotSign_ChangesNothing()
    {
        (PolicyKeyring keys, LinkStanding standing, _) = await JoinedAsync();
        using TestAuthority thief = new();

        Assert.False(keys.Take(thief.List(99, [_next])));

        Assert.True(standing.PolicyTrust.Counts(AssignmentsTests.Public(Old)));
        Assert.Contains(_log.Said, line => line.Contains("did not sign", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Take_DiskRefusesIt_HoldsAtOnceAndIsStoredLater()
    {
        (PolicyKeyring keys, LinkStanding standing, IdentityFiles files) = await JoinedAsync();
        string inTheWay = _directory.File("identity/policy-keys.json.new");
        Directory.CreateDirectory(inTheWay);

        Assert.True(keys.Take(_authority.List(8, [_next], Old)));
        Assert.Equal((8L, null), (standing.PolicyTrust.Number, files.LoadPolicyKeys(standing.Identity)));
        Directory.Delete(inTheWay);
        keys.StoreOwed();

        Assert.Equal(8, files.LoadPolicyKeys(standing.Identity)!.Number);
    }

    [Fact]
    public async Task Load_FileIsSpoilt_LeavesWhatTheHostJoinedWith()
    {
        (_, LinkStanding standing, IdentityFiles files) = await JoinedAsync();
        foreach (string spoilt in new[] { "", "{", "null", """{"payload":null,"signature":7}""", new string('x', 100_000) })
        {
            await File.WriteAllTextAsync(_directory.File("identity/policy-keys.json"), spoilt, TestContext.Current.CancellationToken);
            Assert.Null(files.LoadPolicyKeys(standing.Identity));
        }
    }

    [Fact]
    public async Task Join_WithAList_GoesByIt()
    {
        await using TestServer server = await TestServer.StartAsync(_authority, enroll: request => Microsoft.AspNetCore.Http.Results.Ok(
            _authority.Enroll(request, Host) with { PolicyKeys = _authority.List(7, [_next], Old) }));
        Enrolment enrolment = new([server.Url], server.Token(), _directory.Path, TimeProvider.System, NullLogger.Instance);

        using AgentIdentity identity = await enrolment.JoinAsync(EnrolmentTests.Facts(), TestContext.Current.CancellationToken);
        using AgentIdentity loaded = new IdentityFiles(_directory.Path).Load()!;

        PolicyTrust trust = new(loaded.PolicyKey, new IdentityFiles(_directory.Path).LoadPolicyKeys(loaded));
        Assert.True(trust.Counts(AssignmentsTests.Public(_next)));
        Assert.False(trust.Counts(AssignmentsTests.Public(Old)));
    }

    [Fact]
    public async Task Join_WithAListThatTheRootDidNotSign_IsRefused()
    {
        using TestAuthority thief = new();
        await using TestServer server = await TestServer.StartAsync(_authority, enroll: request => Microsoft.AspNetCore.Http.Results.Ok(
            _authority.Enroll(request, Host) with { PolicyKeys = thief.List(7, [_next]) }));
        Enrolment enrolment = new([server.Url], server.Token(), _directory.Path, TimeProvider.System, NullLogger.Instance);

        EnrolmentException refusal = await Assert.ThrowsAsync<EnrolmentException>(() => enrolment.JoinAsync(EnrolmentTests.Facts(), TestContext.Current.CancellationToken));

        Assert.Equal(EnrolmentFailure.BadReply, refusal.Failure);
        Assert.Null(new IdentityFiles(_directory.Path).Load());
    }

    private void Refused(SignedPolicyKeys signed) => Assert.False(ListedPolicyKeys.TryRead(signed, _authority.Certificate, out _));

    private ListedPolicyKeys Read(SignedPolicyKeys signed)
    {
        Assert.True(ListedPolicyKeys.TryRead(signed, _authority.Certificate, out ListedPolicyKeys? list));
        return list;
    }

    private async Task<(PolicyKeyring Keys, LinkStanding Standing, IdentityFiles Files)> JoinedAsync()
    {
        await using TestServer server = await TestServer.StartAsync(_authority);
        AgentIdentity identity = await new Enrolment([server.Url], server.Token(), _directory.Path, TimeProvider.System, NullLogger.Instance)
            .JoinAsync(EnrolmentTests.Facts(), TestContext.Current.CancellationToken);
        LinkStanding standing = new(identity, TimeProvider.System);
        IdentityFiles files = new(_directory.Path);
        return (new PolicyKeyring(standing, files, "host-a", _log), standing, files);
    }

    private Assignments Create() => new(_directory.Path, _applied.Add, _events.Add, TimeProvider.System, _log);
}
