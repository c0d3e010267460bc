using System.Diagnostics;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Simulator.Running;
using Microsoft.Extensions.Logging;

namespace Fleet.Simulator.Scenarios;

/// <summary>
/// A tool that pokes a claimed mailbox: real setpci processes against a host's mirror, one every couple of seconds, the host
/// changing in turn. Nothing stands in for the tool: without pciutils or a mirror the scenario says so and does nothing.
/// </summary>
internal sealed class Contention(IReadOnlyList<SimulatedHost> hosts, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly string[] ToolPlaces = ["/usr/bin/setpci", "/usr/sbin/setpci", "/sbin/setpci"];
    private readonly SemaphoreSlim _gate = new(1, 1);
    private CancellationTokenSource? _running;
    private Task _task = Task.CompletedTask;

    public bool Running => _running is not null;

    /// <summary>How often the tool was run.</summary>
    public long Pokes { get; private set; }

    /// <summary>Starts it; returns why it cannot run, or null.</summary>
    public async Task<string?> StartAsync()
    {
        if (ToolPlaces.FirstOrDefault(File.Exists) is not { } tool)
        {
            return "The contention scenario needs setpci; install pciutils ('apt-get install pciutils').";
        }

        List<SimulatedHost> targets = [.. hosts.Where(h => h.Agent.MirrorPath is not null)];
        if (targets.Count is 0)
        {
            return "The contention scenario needs mirrors; run fleet-sim as root, with the FUSE device, and without --no-mirror.";
        }

        await _gate.WaitAsync();
        try
        {
            if (_running is null)
            {
                _running = new CancellationTokenSource();
                _task = Task.Run(() => PokeAsync(tool, targets, _running.Token));
            }

            return null;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task StopAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_running is null)
            {
                return;
            }

            await _running.CancelAsync();
            await _task;
            _running.Dispose();
            _running = null;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _gate.Dispose();
    }

    private async Task PokeAsync(string tool, List<SimulatedHost> targets, CancellationToken ct)
    {
        try
        {
            for (int turn = 0; ; turn++)
            {
                await RunToolAsync(tool, targets[turn % targets.Count], ct);
                Pokes++;
                await Task.Delay(Interval, time, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task RunToolAsync(string tool, SimulatedHost host, CancellationToken ct)
    {
        if (host.Agent.Broker.Functions.FirstOrDefault(f => f.Facts.Mailboxes.Count > 0)?.Facts is not { Mailboxes: [MailboxFacts mailbox, ..] } target)
        {
            return;
        }

        // Half of the write data register: no mailbox takes that, so that it is refused where whole registers are virtualised.
        string register = string.Create(CultureInfo.InvariantCulture, $"{mailbox.Offset + 0x10:x3}.W=0001");
        ProcessStartInfo start = new(tool, ["-O", $"sysfs.path={host.Agent.MirrorPath}", "-s", target.Address.ToString(), register])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{tool} did not start.");
        string error = await process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        log.Poked(host.Name, process.Id, error.Trim());
    }
}
