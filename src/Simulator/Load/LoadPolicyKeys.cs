using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>The root's list of policy keys as the fleet's hosts know it: read once, since all get the same.</summary>
internal sealed class LoadPolicyKeys
{
    private volatile ListedPolicyKeys? _newest;

    /// <summary>By which keys a host that was just told this list believes an assignment. A host that was told none goes by its own.</summary>
    public PolicyTrust Trust(string pinned, SignedPolicyKeys? told, X509Certificate2 root)
    {
        if (told is not null && told != _newest?.Signed && ListedPolicyKeys.TryRead(told, root, out ListedPolicyKeys? list))
        {
            _newest = ListedPolicyKeys.Newer(_newest, list);
        }

        return new PolicyTrust(pinned, told is null ? null : _newest);
    }
}
