using System.Collections.Concurrent;
using Fleet.Contracts;

namespace Fleet.Server.Identity.PolicyKeys;

/// <summary>
/// Writes into the audit log that an agent refused an assignment for the key that signed it: somebody poses as its server with a stolen key, or a server has keys
/// from an old backup. Who refuses may have met another server than this one, so what agents tell in their events is what counts.
/// </summary>
internal sealed class PolicyKeyRefusals(PolicySigner signer, RefusalTrail trail, ILogger<PolicyKeyRefusals> log)
{
    private const string Action = "policy-key.refuse";
    private const int LongestDetail = 400;
    private readonly ConcurrentDictionary<HostId, long> _ahead = new();

    /// <summary>Looks through events of a host that are stored. That it cannot be written down does not undo that.</summary>
    public async Task RecordAsync(HostId host, IReadOnlyList<FleetEvent> events, CancellationToken ct)
    {
        foreach (FleetEvent refusal in events.Where(e => e.Kind is EventKinds.PolicyKeyRefused))
        {
            string detail = refusal.Detail ?? "The agent gave no reason.";
            log.PolicyKeyRefused(host, detail);
            try
            {
                await trail.RecordAsync(Action, host.ToString(), "key-not-listed", $"{refusal.HostName}: {detail[..Math.Min(detail.Length, LongestDetail)]}", ct);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.PolicyKeyRefusalNotWritten(host, error.Message);
            }
        }
    }

    /// <summary>An agent with a later list than this server's shows that the server's keys are from before it.</summary>
    public void Compare(HostId host, long? list)
    {
        if (list > signer.ListNumber)
        {
            if (_ahead.TryAdd(host, list.Value))
            {
                log.PolicyKeysBehind(host, list.Value, signer.ListNumber);
            }
        }
        else if (list is not null)
        {
            _ahead.TryRemove(host, out _);
        }
    }
}
