using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>Takes the root's lists of policy keys as a server hands them on, keeps the newest and never goes back.</summary>
/// <param name="standing">Where the newest one is.</param>
/// <param name="files">Where it is kept; null keeps it in memory alone.</param>
/// <param name="hostName">For the log.</param>
/// <param name="log">The log.</param>
internal sealed class PolicyKeyring(LinkStanding standing, IdentityFiles? files, string hostName, ILogger log)
{
    private readonly Lock _gate = new();
    private ListedPolicyKeys? _owed;
    private long _toldOlder;

    /// <summary>Takes a list if the root signed it and it is newer than what is known. True when it was taken.</summary>
    public bool Take(SignedPolicyKeys signed)
    {
        lock (_gate)
        {
            if (signed == standing.PolicyKeys?.Signed)
            {
                return false;
            }

            if (!ListedPolicyKeys.TryRead(signed, standing.Identity.Authority, out ListedPolicyKeys? list))
            {
                log.PolicyKeysNotTaken(hostName);
                return false;
            }

            if (standing.PolicyKeys is { } known && known.Number >= list.Number)
            {
                if (list.Number < known.Number && _toldOlder != list.Number)
                {
                    _toldOlder = list.Number;
                    log.PolicyKeysOlder(hostName, list.Number, known.Number);
                }

                return false;
            }

            // It holds from now on, on disk or not: a disk that is full is no reason to go on believing a key that was stolen.
            (standing.PolicyKeys, _owed) = (list, list);
            log.PolicyKeysTaken(hostName, list.Number, string.Join(", ", list.List.Keys.Select(PolicyTrust.ShortName)));
            Store();
            return true;
        }
    }

    /// <summary>Stores what a disk that was full did not take before.</summary>
    public void StoreOwed()
    {
        lock (_gate)
        {
            Store();
        }
    }

    private void Store()
    {
        if (_owed is null)
        {
            return;
        }

        try
        {
            files?.StorePolicyKeys(_owed);
            _owed = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.PolicyKeysNotStored(hostName, e.Message);
        }
    }
}
