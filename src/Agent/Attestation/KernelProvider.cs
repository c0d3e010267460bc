using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>
/// What the kernel says of a function whose mailbox is the kernel's, a security manager's or a VM's: 'authenticated' (CMA) and 'tsm/' where
/// it has them. It is hearsay, no evidence: no message of the device comes with it, so it proves nothing to a verifier.
/// </summary>
internal sealed class KernelProvider(HostBroker broker) : IEvidenceProvider
{
    public string Name => "kernel";

    public Task<AttestationRun> RunAsync(AttestationRequest request, CancellationToken ct)
    {
        string detail = broker.TryGet(request.Function, out BrokeredFunction? function)
            ? Describe(function.Facts, request.Mailbox)
            : $"There is no function {request.Function} on this host.";
        EvidenceEnd end = function is null ? EvidenceEnd.Unsupported : EvidenceEnd.Unavailable;
        return Task.FromResult(AttestationRun.Without(Name, $"{request.Function}", end, detail) with { Mailbox = request.Mailbox });
    }

    /// <summary>One sentence of what the kernel knows, and that it proves nothing.</summary>
    internal static string Describe(FunctionFacts facts, int? offset)
    {
        MailboxFacts? mailbox = facts.Mailboxes.FirstOrDefault(there => offset is null ? there.Owner is not "broker" : there.Offset == offset);
        string owner = mailbox is null ? "" : $"The mailbox at 0x{mailbox.Offset:x3} belongs to '{mailbox.Owner}': {mailbox.OwnerReason.TrimEnd('.')}. ";
        string authenticated = facts.Authenticated?.Trim() switch
        {
            null => "the kernel does not authenticate this function (no 'authenticated' attribute)",
            "1" => "the kernel says that it authenticated the device",
            "0" => "the kernel says that it did not authenticate the device",
            var other => $"the kernel's 'authenticated' is '{other}'",
        };
        string manager = facts.SecurityManager switch
        {
            null => "knows no security manager for it",
            "" => "has not connected it to its security manager",
            var name => $"has connected it to the security manager '{name}'",
        };
        return $"{owner}Unproven: {authenticated} and {manager}, but neither comes with anything that the device signed.";
    }
}
