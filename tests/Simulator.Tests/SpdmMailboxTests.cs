using System.Security.Cryptography;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Spdm;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Simulator.Tests;

/// <summary>SPDM through the registers of a simulated mailbox.</summary>
public sealed class SpdmMailboxTests
{
    [Fact]
    public async Task Attestation_OverAMailbox_GivesSignedMeasurementsOfTheFunction()
    {
        FunctionModel model = HostModel.Functions(HostKind.Small, 1).Single(f => f.Address == SmallHost.Drive);
        DoeRequester mailbox = new(FunctionFactory.Make(model, TimeProvider.System), model.Mailboxes[0].Offset, TimeProvider.System);
        Requester requester = new(AttestationPlan.Standard(new NonceSource(RandomNumberGenerator.Create())));
        List<RawMessage> messages = [];
        while (requester.Turn is { } turn)
        {
            DoeOutcome outcome = await mailbox.ExchangeAsync(DoeFeature.CmaSpdm, turn.Request, TestContext.Current.CancellationToken);
            Assert.True(outcome.Succeeded, outcome.Detail);
            messages.Add(new(true, turn.Request));
            messages.Add(new(false, outcome.Payload));
            requester.Take(outcome.Payload);
        }

        Assert.Null(requester.End!.Failure);
        Conversation conversation = Conversation.Rebuild(messages);
        Assert.Null(conversation.Fault);
        Assert.Equal(2, conversation.SignedTranscripts.Length);
        string name = DeviceNames.Of(model, "").Cma!;
        Assert.StartsWith("Vendor=144d:Device=", name, StringComparison.Ordinal);
        Assert.Contains(name, System.Text.Encoding.UTF8.GetString(conversation.ChainBlobs[0].Span), StringComparison.Ordinal);
    }
}
