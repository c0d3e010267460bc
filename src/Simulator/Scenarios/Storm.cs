using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci.Doe;
using Fleet.Simulator.Running;

namespace Fleet.Simulator.Scenarios;

/// <summary>
/// Very many events, fast: this process itself writes into claimed mailboxes through the brokers' access path, and takes and gives
/// back claims. The broker merges what one process does again and again, so the writes are told of once and then by numbers;
/// a claim is told of each time. Under a mode that lets writes pass there is no storm: it would garble the mailboxes.
/// </summary>
internal sealed class Storm(IReadOnlyList<SimulatedHost> hosts)
{
    private const int LongestWrite = 4;
    private const int BetweenFlushes = 256;
    private long _done;

    /// <summary>Accesses made by all storms so far.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Makes at least this many events on all hosts together; returns when they are on the agents' disks.</summary>
    public async Task<long> RunAsync(long events, CancellationToken ct)
    {
        long before = hosts.Sum(h => h.Ledger.Recorded);
        long each = Math.Max(1, (events + hosts.Count - 1) / hosts.Count);
        await Task.WhenAll(hosts.Select(h => Task.Run(() => OnHostAsync(h, each, ct), ct)));
        return hosts.Sum(h => h.Ledger.Recorded) - before;
    }

    private async Task OnHostAsync(SimulatedHost host, long events, CancellationToken ct)
    {
        Caller self = CallerReader.Read(Environment.ProcessId, 0, out _);
        List<(BrokeredFunction Function, int Offset)> targets =
        [
            .. host.Agent.Broker.Functions.SelectMany(f => f.Facts.Mailboxes.Select(m => (f, m.Offset))),
        ];
        if (targets.Count is 0 || host.Agent.Facts.Mode is not EnforcementMode.Enforce)
        {
            return;
        }

        byte[] nothing = new byte[LongestWrite];
        long start = host.Ledger.Recorded;
        long made = 0;
        while (host.Ledger.Recorded - start < events && !ct.IsCancellationRequested)
        {
            for (int i = 0; i < BetweenFlushes; i++, made += 3)
            {
                (BrokeredFunction function, int offset) = targets[(int)(made / 3 % targets.Count)];

                // Half of it lies before the claim: a write that overlaps by a byte is refused whole.
                host.Agent.Broker.Write(function, offset + DoeRegisters.Control - (LongestWrite / 2), nothing, self);
                ClaimOutcome claim = host.Agent.Broker.Claim(
                    new ClaimRequest { Function = function.Address, Offset = offset, Length = 4, Reason = "a storm" }, self);
                host.Agent.Broker.Release(claim.Granted?.Id ?? "", self);
            }

            // Not faster than the disk takes them: a storm shall fill the spool, not overflow the queue before it.
            await host.Agent.Spool.FlushAsync(ct);
        }

        Interlocked.Add(ref _done, made);
        await host.Agent.Spool.FlushAsync(ct);
    }
}
