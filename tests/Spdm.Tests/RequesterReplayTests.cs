using Fleet.Spdm.Evidence;
using Fleet.Spdm.Messages;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Tests;

public sealed class RequesterReplayTests
{
    [Fact]
    public void Requester_GivenTheRecordedResponses_SendsTheRecordedRequests()
    {
        foreach (Recording recording in Recording.All())
        {
            Requester requester = new(PlanOf(recording));
            for (int i = 0; i < recording.Messages.Count; i += 2)
            {
                ReadOnlySpan<byte> recorded = recording.Messages[i].Bytes.Span;
                Assert.True(requester.Turn is not null, $"{recording.Name}: ended before message {i}: {requester.End}");
                byte[] sent = Dialogue.Pad(requester.Turn.Request.Span);
                bool redrawn = i + 3 < recording.Messages.Count && IsBusy(recording.Messages[i + 1]);
                if (redrawn && sent.Length >= 36)
                {
                    recorded[4..36].CopyTo(sent.AsSpan(4)); // The reference redraws its nonce after Busy; we send the same bytes again.
                }

                Assert.Equal(recording.Messages[i].IsSecured, requester.Turn.IsSecured);
                Assert.True(recorded.SequenceEqual(sent), $"{recording.Name}, message {i}: sent {Convert.ToHexStringLower(sent)}, recorded {Convert.ToHexStringLower(recorded)}");
                requester.Take(recording.Messages[i + 1].Bytes);
            }

            Assert.True(requester.End is { Failure: null }, $"{recording.Name}: {requester.End}");
        }
    }

    /// <summary>The plan that the recorded requester followed.</summary>
    private static AttestationPlan PlanOf(Recording recording)
    {
        List<RawMessage> requests = recording.Agreements.Count > 0 ? Opened(recording) : [.. recording.Messages.Where((message, i) => message.IsRequest && !IsBusy(recording.Messages[i + 1]))];
        ReadOnlyMemory<byte> Find(SpdmCode code) => requests.First(request => (SpdmCode)request.Bytes.Span[1] == code).Bytes;
        SpdmVersion version = (SpdmVersion)requests[1].Bytes.Span[0];
        Assert.True(CapabilitiesRequest.TryParse(Find(SpdmCode.GetCapabilities), version, out _, out ReadOnlyMemory<byte> capabilities));
        Assert.True(AlgorithmsRequest.TryParse(Find(SpdmCode.NegotiateAlgorithms), version, out _, out ReadOnlyMemory<byte> algorithms));
        Assert.True(CertificateRequest.TryParse(Find(SpdmCode.GetCertificate), version, out CertificateRequest? first, out _));
        return new()
        {
            Negotiations = [new(version, capabilities, algorithms)],
            Steps = [.. requests.Select(request => StepOf(request.Bytes, version, recording)).OfType<PlanStep>()],
            PortionSize = first.Length,
            LargeChains = first.Large,
        };
    }

    /// <summary>All requests, those of sessions opened.</summary>
    private static List<RawMessage> Opened(Recording recording)
    {
        Transcripts state = new(recording.Agreements);
        List<RawMessage> requests = [];
        for (int i = 0; i < recording.Messages.Count; i += 2)
        {
            (ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response) = (recording.Messages[i].Bytes, recording.Messages[i + 1].Bytes);
            if (recording.Messages[i].IsSecured)
            {
                Assert.True(state.TryOpen(request, response, out byte[]? asked, out byte[]? answer));
                (request, response) = (asked, answer);
            }

            Assert.True(state.TryTake(request, response), $"{recording.Name}, message {i}");
            requests.Add(new(true, request));
        }

        return requests;
    }

    private static PlanStep? StepOf(ReadOnlyMemory<byte> request, SpdmVersion version, Recording recording)
    {
        switch ((SpdmCode)request.Span[1])
        {
            case SpdmCode.GetDigests:
                return new(PlanAction.Digests);
            case SpdmCode.GetCertificate when CertificateRequest.TryParse(request, version, out CertificateRequest? asked, out _):
                return asked.Offset == 0 ? new(PlanAction.Certificates) { Slot = asked.Slot } : null;
            case SpdmCode.Challenge when ChallengeRequest.TryParse(request, version, out ChallengeRequest? asked, out _):
                return new(PlanAction.Challenge) { Slot = asked.Slot, Summary = asked.Summary, Nonce = asked.Nonce, Context = asked.Context };
            case SpdmCode.GetMeasurements when MeasurementsRequest.TryParse(request, version, out MeasurementsRequest? asked, out _):
                return new(PlanAction.Measurements)
                {
                    Slot = asked.Slot,
                    Attributes = asked.Attributes,
                    Operation = asked.Operation,
                    Nonce = asked.Nonce,
                    Context = asked.Context,
                };
            case SpdmCode.KeyExchange:
                return new(PlanAction.Session)
                {
                    Summary = request.Span[2],
                    Slot = request.Span[3],
                    SessionPolicy = request.Span[6],
                    Nonce = request.Slice(8, 32),
                    Agreement = recording.Agreements.Single(agreement => request.Span[40..].StartsWith(agreement.ExchangeData.Span)),
                };
            case SpdmCode.EndSession:
                return new(PlanAction.EndSession) { Attributes = request.Span[2] };
            default:
                return null;
        }
    }

    private static bool IsBusy(RawMessage response) => ErrorResponse.TryParse(response.Bytes, out ErrorResponse? error) && error.Code == ErrorResponse.Busy;
}
