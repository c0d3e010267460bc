using System.Security.Cryptography;
using System.Text.Json;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Policy;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Uplink;

public sealed class AssignmentsTests : IDisposable
{
    private static readonly HostId Host = new(Guid.CreateVersion7());
    private readonly TemporaryDirectory _directory = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<IReadOnlyList<CompiledPolicy>> _applied = [];
    private readonly List<FleetEvent> _events = [];

    private PolicyTrust Trust => new(Public(_key));

    public void Dispose()
    {
        _directory.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void Accept_Signed_IsInForceAndTold()
    {
        Assignments assignments = Create();

        Assert.True(assignments.Accept(Sign(_key, Host, 4, "guard"), Host, Trust));

        Assert.Equal(4, assignments.Generation);
        Assert.Equal(("guard", 1), (assignments.Applied[0].Name, assignments.Applied[0].Revision));
        Assert.Single(_applied);
        Assert.Equal(EventKinds.PolicyApplied, Assert.Single(_events).Kind);
    }

    [Fact]
    public void Accept_SignedByAnother_IsRefusedOnceAndNothingChanges()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assignments assignments = Create();
        assignments.Accept(Sign(_key, Host, 1, "guard"), Host, Trust);

        SignedAssignment forged = Sign(other, Host, 2, "open");
        Assert.False(assignments.Accept(forged, Host, Trust));
        Assert.False(assignments.Accept(forged, Host, Trust));

        Assert.Single(_applied);
        Assert.Equal(1, assignments.Generation);
        Assert.Contains("signature", assignments.Rejected, StringComparison.Ordinal);
        Assert.Single(_events, e => e.Kind is EventKinds.PolicyRejected);
    }

    [Fact]
    public void Accept_PayloadChangedAfterSigning_IsRefused()
    {
        SignedAssignment signed = Sign(_key, Host, 2, "guard");
        byte[] payload = Convert.FromBase64String(signed.Payload);
        for (int i = 0; i < payload.Length; i += 7)
        {
            byte[] changed = [.. payload];
            changed[i] ^= 1;
            Assert.False(Create().Accept(signed with { Payload = Convert.ToBase64String(changed) }, Host, Trust));
        }
    }

    [Fact]
    public void Accept_ForAnotherHost_IsRefused() =>
        Assert.False(Create().Accept(Sign(_key, new HostId(Guid.CreateVersion7()), 1, "guard"), Host, Trust));

    [Fact]
    public void GenerationOf_HostThatJoinedAnew_IsNoneUntilItHasOneOfItsOwn()
    {
        HostId anew = new(Guid.CreateVersion7());
        Assignments assignments = Create();
        assignments.Accept(Sign(_key, Host, 5, "guard"), Host, Trust);
        Assert.Equal((5, 0), (assignments.GenerationOf(Host), assignments.GenerationOf(anew)));

        assignments.Accept(Sign(_key, anew, 1, "guard"), anew, Trust);

        Assert.Equal((0, 1), (assignments.GenerationOf(Host), assignments.GenerationOf(anew)));
    }

    [Fact]
    public void Accept_OlderGeneration_IsRefused()
    {
        Assignments assignments = Create();
        assignments.Accept(Sign(_key, Host, 5, "guard"), Host, Trust);

        Assert.False(assignments.Accept(Sign(_key, Host, 4, "guard"), Host, Trust));
        Assert.Equal(5, assignments.Generation);
    }

    /// <summary>A server whose memory lagged offered an older one, and has caught up.</summary>
    [Fact]
    public void Accept_WhatIsInForceAgainAfterARefusal_RefusesNothingAnyMore()
    {
        Assignments assignments = Create();
        SignedAssignment current = Sign(_key, Host, 5, "guard");
        assignments.Accept(current, Host, Trust);
        assignments.Accept(Sign(_key, Host, 4, "guard"), Host, Trust);
        Assert.NotNull(assignments.Rejected);

        Assert.True(assignments.Accept(current, Host, Trust));
        Assert.Equal((null, null), (assignments.Rejected, assignments.RejectedGeneration));

        assignments.Accept(Sign(_key, Host, 4, "guard"), Host, Trust);
        Assert.Equal(4, assignments.RejectedGeneration);
        assignments.Confirmed(); // It asked by its tag, and there is nothing else.
        Assert.Equal((null, null), (assignments.Rejected, assignments.RejectedGeneration));
    }

    [Fact]
    public void Accept_Refused_SaysOfWhichOneAndOfNoneThatIsNotTheServers()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assignments assignments = new(_directory.Path, _ => throw new PolicyException(["unknown capability"]), _events.Add, TimeProvider.System, NullLogger.Instance);

        assignments.Accept(Sign(_key, Host, 3, "guard"), Host, Trust);
        Assert.Equal(3, assignments.RejectedGeneration);
        assignments.Accept(Sign(_key, Host, 4, "guard"), Host, Trust);
        Assert.Equal((4, 1), (assignments.RejectedGeneration, _events.Count));
        assignments.Accept(Sign(_key, new HostId(Guid.CreateVersion7()), 5, "guard"), Host, Trust);
        Assert.Null(assignments.RejectedGeneration);
        assignments.Accept(Sign(other, Host, 6, "guard"), Host, Trust);
        Assert.Null(assignments.RejectedGeneration);
        Assert.Contains("signature", assignments.Rejected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not base64", "AAAA")]
    [InlineData("AAAA", "not base64")]
    [InlineData("", "")]
    public void Accept_Garbage_IsRefused(string payload, string signature) =>
        Assert.False(Create().Accept(new SignedAssignment("t", payload, signature), Host, Trust));

    [Fact]
    public void Restore_AfterRestart_IsInForceWithItsTimes()
    {
        Assignments before = Create();
        before.Accept(Sign(_key, Host, 7, "guard"), Host, Trust);
        Assignments after = Create();

        after.Restore(Host, Trust);

        Assert.Equal((7, before.Tag), (after.Generation, after.Tag));
        Assert.Equal(before.Applied, after.Applied);
        Assert.Equal(2, _applied.Count);
    }

    [Fact]
    public void Restore_FileTampered_IsNotPutInForce()
    {
        Create().Accept(Sign(_key, Host, 7, "guard"), Host, Trust);
        string path = _directory.File("assignment.json");
        SignedAssignment other = Sign(_key, Host, 8, "open");
        File.WriteAllText(path, File.ReadAllText(path).Replace(Sign(_key, Host, 7, "guard").Payload, other.Payload, StringComparison.Ordinal));
        Assignments after = Create();

        after.Restore(Host, Trust);

        Assert.Equal(0, after.Generation);
        Assert.Single(_applied);
    }

    internal static string Public(ECDsa key) => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    internal static SignedAssignment Sign(ECDsa key, HostId host, long generation, string policy)
    {
        CompiledPolicy compiled = new() { Name = policy, Revision = 1, Priority = 10, Mode = EnforcementMode.Enforce };
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(new Assignment(host, generation, [compiled]), FleetJson.Options);
        byte[] signature = key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new SignedAssignment($"{generation}-{policy}", Convert.ToBase64String(payload), Convert.ToBase64String(signature));
    }

    private Assignments Create() => new(_directory.Path, _applied.Add, _events.Add, TimeProvider.System, NullLogger.Instance);
}
