using Fleet.Contracts;
using Fleet.Server.Live;

namespace Fleet.Server.Tests.Host;

/// <summary>A fleet without policies, for tests of the link alone.</summary>
internal sealed class NoAssignments : IAssignments
{
    public string PublicKey => "";

    public SignedPolicyKeys? Keys => null;

    public Task<SignedAssignment> GetAsync(HostId host, bool knowsPolicyKeys, CancellationToken ct) => Task.FromResult(new SignedAssignment("none", "", ""));

    public Task<string> TagAsync(HostId host, CancellationToken ct) => Task.FromResult("none");
}
