using System.Security.Cryptography;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>How lists of policy keys reach a host over its link, and what it does with assignments then.</summary>
public sealed partial class UplinkTests
{
    [Fact]
    public async Task Run_KeyWasReplacedWhileAway_GetsTheListBeforeTheAssignment()
    {
        using ECDsa next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _server.Seen.PolicyKeys = _authority.List(7, [next], _authority.PolicyKey);
        _server.Seen.Assignment = AssignmentsTests.Sign(next, _identity.Host, 3, "guard");
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.States.Any(s => s is { Generation: 3, PolicyKeys: 7, Rejected: null }));

        Assert.DoesNotContain(_server.Seen.Stored.Values, e => e.Kind is EventKinds.PolicyKeyRefused);
        Assert.Equal(7, new IdentityFiles(_directory.Path).LoadPolicyKeys(_identity)!.Number);
    }

    [Fact]
    public async Task Run_AssignmentOvertakesTheList_CarriesItAlong()
    {
        using ECDsa next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _server.Seen.Assignment = AssignmentsTests.Sign(next, _identity.Host, 3, "guard") with { Keys = _authority.List(7, [next]) };
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.States.Any(s => s is { Generation: 3, PolicyKeys: 7, Rejected: null }));
    }

    [Fact]
    public async Task Run_KeyIsRetiredWhileConnected_FetchesItsAssignmentAnewAndRefusesTheOldKey()
    {
        using ECDsa next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _server.Seen.Assignment = AssignmentsTests.Sign(_authority.PolicyKey, _identity.Host, 3, "guard");
        Start();
        await WaitFor.TrueAsync(() => _server.Seen.States.Any(s => s is { Generation: 3, PolicyKeys: 0 }));

        _server.Seen.PolicyKeys = _authority.List(7, [next], _authority.PolicyKey);
        _server.Seen.Assignment = AssignmentsTests.Sign(next, _identity.Host, 3, "guard");
        await _server.PolicyKeysAsync(_server.Seen.PolicyKeys);

        await WaitFor.TrueAsync(() => _standing.PolicyTrust is { Number: 7 } trust && _assignments.TagFor(trust) is "3-guard");
        Assert.False(_assignments.Accept(AssignmentsTests.Sign(_authority.PolicyKey, _identity.Host, 4, "open"), _identity.Host, _standing.PolicyTrust));
        await WaitFor.TrueAsync(() => _server.Seen.Stored.Values.Any(e => e.Kind is EventKinds.PolicyKeyRefused));
    }
}
