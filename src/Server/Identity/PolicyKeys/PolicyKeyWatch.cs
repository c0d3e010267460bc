using System.Globalization;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Identity.PolicyKeys;

/// <summary>Follows the files of the policy keys while the server runs: signs with what is in use, tells agents what the root lists, and writes into the audit log what changed.</summary>
internal sealed class PolicyKeyWatch(
    PolicySigner signer, IAgentConnections connections, IDbContextFactory<FleetDb> databases, TimeProvider time, ILogger<PolicyKeyWatch> log) : BackgroundService
{
    private const string Who = "fleet-server authority";
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellLimit = TimeSpan.FromSeconds(10);

    // The keys that were followed last, while what came after them has not been followed to its end. At the start all since the first key: it may have been
    // replaced while no server ran.
    private PolicyKeyRing? _behind = signer.Ring.List is null ? null : signer.Ring.AtFirst;

    /// <summary>One look.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        try
        {
            PolicyKeyRing? before = signer.Refresh();
            _behind ??= before;
        }
        catch (AuthorityException error)
        {
            log.PolicyKeysNotRead(error.Message);
            return;
        }

        if (_behind is { } behind)
        {
            await FollowAsync(behind, signer.Ring, ct);
            _behind = null;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(LookInterval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                log.PolicyKeyWatchFailed(error.Message);
            }
        }
    }

    private async Task FollowAsync(PolicyKeyRing before, PolicyKeyRing now, CancellationToken ct)
    {
        // Of a key that was prepared and activated between two looks, both.
        List<PolicyKeyEntry> changed = [.. now.Keys.SelectMany(key => StepsOf(key).Where(step => before.Find(key.Number) is not { } known || known.Since < step.Since))];
        foreach (PolicyKeyEntry step in changed)
        {
            log.PolicyKeysChanged(Sentence(step));
        }

        // What protects comes first; writing it down may wait for the database. One agent that reads nothing keeps it from nobody else.
        if (now.List is { } list && list != before.List)
        {
            try
            {
                await connections.PolicyKeysAsync(list, ct).WaitAsync(TellLimit, time, ct);
            }
            catch (TimeoutException)
            {
                log.PolicyKeysNotHeard();
            }
        }

        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        foreach (PolicyKeyEntry key in changed)
        {
            await WriteDownAsync(db, key, ct);
        }

        await transaction.CommitAsync(ct);
    }

    // Each server of a cell sees the same change; the first one writes it down, which the moment of the change tells.
    private async Task WriteDownAsync(FleetDb db, PolicyKeyEntry key, CancellationToken ct)
    {
        string action = $"policy-key.{key.State.ToString().ToLowerInvariant()}";
        string subject = string.Create(CultureInfo.InvariantCulture, $"policy key {key.Number}");
        string detail = string.Create(CultureInfo.InvariantCulture, $"{Sentence(key)} Done at {key.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}Z.");
        if (await db.Set<AuditRow>().AnyAsync(row => row.Action == action && row.Subject == subject && row.Detail == detail, ct))
        {
            return;
        }

        await AuditTrail.AppendAsync(db, Who, action, subject, detail, time.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
    }

    private static IEnumerable<PolicyKeyEntry> StepsOf(PolicyKeyEntry key)
    {
        yield return key with { State = PolicyKeyState.Prepared, Activated = null, Retired = null };
        if (key.Activated is not null)
        {
            yield return key with { State = PolicyKeyState.Activated, Retired = null };
        }

        if (key.Retired is not null)
        {
            yield return key;
        }
    }

    private static string Sentence(PolicyKeyEntry key)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"Policy key {key.Number} ({key.ShortName})");
        return key.State switch
        {
            PolicyKeyState.Prepared => $"{name} is prepared: the root lists it, it signs nothing yet.",
            PolicyKeyState.Activated => $"{name} is activated and signs assignments from now on.",
            _ => $"{name} is retired: the root lists it no more, agents refuse what it signed.",
        };
    }
}
