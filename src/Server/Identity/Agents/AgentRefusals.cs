using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Identity.Agents;

/// <summary>Counts who was refused at the agents' port and writes it into the audit log, bounded, off the connections' way.</summary>
internal sealed class AgentRefusals : BackgroundService
{
    private const string Who = "agents port";
    private const int LongestName = 200;
    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly RefusalWindow _window = new();
    private readonly Counter<long> _refused;
    private readonly IDbContextFactory<FleetDb> _databases;
    private readonly TimeProvider _time;
    private readonly ILogger<AgentRefusals> _log;

    public AgentRefusals(FleetMetrics metrics, IDbContextFactory<FleetDb> databases, TimeProvider time, ILogger<AgentRefusals> log)
    {
        (_databases, _time, _log) = (databases, time, log);
        _refused = metrics.Meter.CreateCounter<long>("pcifleet_agents_refused", description: "Connections of agents that were refused, by reason");
        foreach (string reason in Refusals.All)
        {
            _refused.Add(0, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    /// <summary>Somebody was refused at the door.</summary>
    public void Record(Refusal refusal, X509Certificate2 certificate, IPAddress? address)
    {
        string subject = certificate.Subject.Length <= LongestName ? certificate.Subject : certificate.Subject[..LongestName];
        string shown = string.Create(
            CultureInfo.InvariantCulture,
            $"Certificate {certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()} of '{subject}', {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}, from {address}.");
        Record(refusal.Reason, refusal.Subject, address, refusal.Subject is null ? shown : $"{refusal.Detail} {shown}");
    }

    /// <summary>A host that came in was refused after all.</summary>
    /// <param name="reason">One of <see cref="Refusals"/>.</param>
    /// <param name="host">The host of its certificate; null for a stranger.</param>
    /// <param name="address">From where.</param>
    /// <param name="detail">What happened.</param>
    public void Record(string reason, string? host, IPAddress? address, string detail)
    {
        _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
        lock (_gate)
        {
            _window.Add(reason, host ?? address?.ToString() ?? "unknown", stranger: host is null, detail);
        }
    }

    /// <summary>Writes what is due.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        IReadOnlyList<RefusalCount> due;
        lock (_gate)
        {
            due = _window.Take(_time.GetUtcNow());
        }

        if (due.Count is 0)
        {
            return;
        }

        try
        {
            await using FleetDb db = await _databases.CreateDbContextAsync(ct);
            await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
            foreach (RefusalCount count in due)
            {
                string times = count.Count is 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {count.Count} times since the last entry; the last one:");
                await AuditTrail.AppendAsync(db, Who, $"agent.refused.{count.Reason}", count.Subject, $"Refused{times}: {count.Detail}", _time.GetUtcNow(), ct);
                await db.SaveChangesAsync(ct);
            }

            await transaction.CommitAsync(ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            lock (_gate)
            {
                _window.Return(due);
            }

            _log.RefusalsNotWritten(due.Count, error.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using PeriodicTimer timer = new(WriteInterval, _time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping; what is due is written below.
        }

        await WriteAsync(CancellationToken.None);
    }
}
