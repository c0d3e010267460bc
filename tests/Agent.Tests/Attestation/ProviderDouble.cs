using System.Security.Cryptography;
using Fleet.Agent.Attestation;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Tests.Attestation;

/// <summary>A provider whose runs wait until they may go on, where they are told to, and bring two messages.</summary>
internal sealed class ProviderDouble : IEvidenceProvider
{
    public string Name => "doe";

    public List<AttestationRequest> Asked { get; } = [];

    public TaskCompletionSource? Gate { get; init; }

    /// <summary>What each message has, beyond its header.</summary>
    public int MessageSize { get; init; }

    public static AttestationPlan Plan() => AttestationPlan.Standard(new NonceSource(RandomNumberGenerator.Create()));

    public static AttestationJob Job(TimeSpan? life = null) => JobPlan.Write(
        Plan(), Guid.CreateVersion7().ToString("N"), PciAddress.Parse("0000:01:00.0"), null,
        TimeProvider.System.GetUtcNow() + (life ?? TimeSpan.FromMinutes(1)), life ?? TimeSpan.FromMinutes(1));

    public async Task<AttestationRun> RunAsync(AttestationRequest request, CancellationToken ct)
    {
        lock (Asked)
        {
            Asked.Add(request);
        }

        if (Gate is not null)
        {
            await Gate.Task.WaitAsync(ct);
        }

        return new()
        {
            Provider = Name,
            Place = "nowhere",
            End = EvidenceEnd.Complete,
            Detail = "Every step of the plan was done.",
            Messages =
            [
                new(true, new byte[] { 0x10, 0x84, 0, 0 }, false, TimeSpan.Zero),
                new(false, new byte[] { 0x10, 0x04, 0, 0 }.Concat(new byte[MessageSize]).ToArray(), false, TimeSpan.FromMilliseconds(1)),
            ],
            Mailbox = 0x200,
            Quiet = true,
        };
    }
}
