// What is in this room: the requester as a pure state machine. A plan and responses go in, requests come out; no clock, no transport, no randomness.
// The verifier runs the same machine over recorded responses: what it would have sent is what the agent must have sent.
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Requesting;

/// <summary>Carries out a plan: send what <see cref="Turn"/> says, give the response to <see cref="Take"/>, until <see cref="End"/> is there.</summary>
public sealed class Requester
{
    private readonly AttestationPlan _plan;
    private readonly Delivery _delivery;
    private Transcripts _state;
    private IEnumerator<byte[]> _script;
    private bool _restarted;

    /// <summary>Begins; the first turn is GET_VERSION.</summary>
    public Requester(AttestationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        _delivery = new(plan.Budget);
        _state = new(plan.Agreements);
        _script = Script().GetEnumerator();
        Advance();
    }

    /// <summary>What to send next; null once it ended.</summary>
    public RequesterTurn? Turn { get; private set; }

    /// <summary>How it ended; null before that.</summary>
    public RequesterEnd? End { get; private set; }

    /// <summary>What was negotiated, null before that.</summary>
    public Negotiated? Negotiated => _state.Negotiated;

    /// <summary>Takes the response to the last turn, padding included or not. Any bytes are taken without an exception.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public void Take(ReadOnlyMemory<byte> response)
    {
        if (Turn is null)
        {
            throw new InvalidOperationException("A response was given to a requester that has ended.");
        }

        if (Turn.IsSecured)
        {
            if (!_state.Session!.Responses!.TryOpen(response.Span, out byte[]? opened))
            {
                Turn = null;
                Stop(RequesterFailure.Malformed, "The response is no record of the session.");
                return;
            }

            response = opened;
        }

        Turn = Secure(_delivery.Take(response));
        if (Turn is not null)
        {
            return;
        }

        if (_delivery.End is { } end)
        {
            End = end;
        }
        else if (_delivery.Refusal is { } refusal)
        {
            TakeRefusal(refusal);
        }
        else if (_state.TryTake(_script.Current, _delivery.Answer!.Value))
        {
            Advance();
        }
        else
        {
            Stop(RequesterFailure.Malformed, $"The answer to {(SpdmCode)_script.Current[1]} breaks the protocol. {_state.Negotiated?.Problem}".TrimEnd());
        }
    }

    // Somebody else's GET_VERSION voids a connection; once, and while nothing was signed with a nonce of the plan, it begins anew.
    private void TakeRefusal(ErrorResponse refusal)
    {
        if (refusal.Code is ErrorResponse.RequestResynch or ErrorResponse.UnexpectedRequest && !_restarted && _state.Signed.Count == 0)
        {
            _restarted = true;
            _state = new(_plan.Agreements);
            _script = Script().GetEnumerator();
            Advance();
            return;
        }

        Stop(RequesterFailure.Refused, $"The responder answered {(SpdmCode)_script.Current[1]} with ERROR {refusal.Name}.");
    }

    private void Advance()
    {
        if (_script.MoveNext())
        {
            Turn = Secure(_delivery.Begin(_script.Current, _state.Negotiated));
        }
        else
        {
            End ??= new(null, "Every step of the plan was done.");
        }
    }

    private RequesterTurn? Secure(RequesterTurn? turn) => turn is not null && _state.Session?.Requests is { } requests
        ? turn with { Request = requests.Seal(turn.Request.Span), IsSecured = true }
        : turn;

    private void Stop(RequesterFailure failure, string detail) => End = new(failure, detail);

    private IEnumerable<byte[]> Script()
    {
        yield return VersionResponse.Request();
        SpdmVersion? best = _state.Versions!.Best(_plan.Negotiations.Select(negotiation => negotiation.Version));
        if (best is not { } version)
        {
            Stop(RequesterFailure.PlanMismatch, "The responder speaks none of the plan's versions.");
            yield break;
        }

        PlanNegotiation chosen = _plan.Negotiations.First(negotiation => negotiation.Version == version);
        yield return chosen.Capabilities.ToArray();
        yield return chosen.Algorithms.ToArray();
        foreach (PlanStep step in _plan.Steps)
        {
            if (Lacks(_state.Negotiated!, step) is { } problem)
            {
                Stop(RequesterFailure.PlanMismatch, problem);
                yield break;
            }

            foreach (byte[] request in Requests(_state.Negotiated!, step))
            {
                yield return request;
            }
        }
    }

    private static string? Lacks(Negotiated negotiated, PlanStep step)
    {
        uint flags = negotiated.Responder.Flags;
        bool signed = step.Action == PlanAction.EachMeasurement || (step.Action == PlanAction.Measurements && (step.Attributes & 1) != 0);
        return step.Action switch
        {
            PlanAction.Digests or PlanAction.Certificates when (flags & 2) == 0 => "The responder has no certificates (CERT_CAP).",
            PlanAction.Challenge when (flags & 4) == 0 => "The responder answers no challenge (CHAL_CAP).",
            PlanAction.Measurements or PlanAction.EachMeasurement when negotiated.MeasurementCapability == 0 => "The responder has no measurements (MEAS_CAP).",
            PlanAction.Measurements or PlanAction.EachMeasurement when signed && negotiated.MeasurementCapability != 2 => "The responder does not sign measurements (MEAS_CAP).",
            PlanAction.Session when !negotiated.HandshakeInTheClear || negotiated.CipherKeySize == 0 => "The responder begins no sessions in the clear (KEY_EX_CAP, HANDSHAKE_IN_THE_CLEAR_CAP).",
            PlanAction.Session when step.Agreement is null || step.Agreement.ExchangeData.Length != negotiated.ExchangeSize => "Another group was selected for the key exchange than the plan has a key of.",
            PlanAction.MeasurementLog when negotiated.Version < SpdmVersion.V13 || (flags & (1u << 24)) == 0 => "The responder has no measurement extension log (MEL_CAP).",
            _ => null,
        };
    }

    private IEnumerable<byte[]> Requests(Negotiated negotiated, PlanStep step) => step.Action switch
    {
        PlanAction.Digests => [DigestsResponse.Request(negotiated.Version)],
        PlanAction.Certificates => Certificates(negotiated, step.Slot),
        PlanAction.Challenge => [new ChallengeRequest(step.Slot == 0xF ? (byte)0xFF : step.Slot, step.Summary, step.Nonce, step.Context).Write(negotiated.Version)],
        PlanAction.Measurements => [Measurements(negotiated, step, step.Operation, step.Attributes)],
        PlanAction.EachMeasurement => EachMeasurement(negotiated, step),
        PlanAction.Session => Begin(negotiated, step),
        PlanAction.EndSession => [[(byte)negotiated.Version, (byte)SpdmCode.EndSession, step.Attributes, 0]],
        _ => Log(negotiated),
    };

    private IEnumerable<byte[]> Certificates(Negotiated negotiated, byte slot)
    {
        bool large = _plan.LargeChains && negotiated.Version >= SpdmVersion.V14 && (negotiated.Responder.Flags & (1u << 31)) != 0;
        uint length = large ? _plan.PortionSize : Math.Min(_plan.PortionSize, ushort.MaxValue);
        yield return new CertificateRequest(slot, 0, length, large).Write(negotiated.Version);
        while (_state.Partial(slot) is { } partial)
        {
            yield return new CertificateRequest(slot, partial.Offset, Math.Min(length, partial.Remainder), large).Write(negotiated.Version);
        }
    }

    private static byte[] Measurements(Negotiated negotiated, PlanStep step, byte operation, byte attributes)
    {
        byte known = negotiated.Version >= SpdmVersion.V13 ? (byte)7 : (byte)3; // Bit 1 came with 1.2, but older responders know it too.
        return new MeasurementsRequest((byte)(attributes & known), operation, step.Slot, step.Nonce, step.Context).Write(negotiated.Version);
    }

    private IEnumerable<byte[]> EachMeasurement(Negotiated negotiated, PlanStep step)
    {
        byte unsigned = (byte)(step.Attributes & ~1);
        yield return Measurements(negotiated, step, 0, unsigned);
        List<byte> indices = [.. Enumerable.Range(1, Math.Min(_state.Measurements[^1].TotalCount, (byte)0xFE)).Select(index => (byte)index)];
        if (negotiated.Version >= SpdmVersion.V12)
        {
            // Since 1.2 indices may have gaps, and an ERROR to one that is not there would empty the transcript: ask which there are.
            yield return Measurements(negotiated, step, 0xFF, unsigned);
            indices = [.. _state.Measurements[^1].Blocks.Select(block => block.Index)];
        }

        for (int i = 0; i < indices.Count; i++)
        {
            yield return Measurements(negotiated, step, indices[i], i == indices.Count - 1 ? (byte)(unsigned | 1) : unsigned);
        }
    }

    private IEnumerable<byte[]> Begin(Negotiated negotiated, PlanStep step)
    {
        yield return new KeyExchangeRequest(
            step.Summary, step.Slot, 0xFFFF, step.SessionPolicy, step.Nonce, step.Agreement!.ExchangeData, KeyExchangeRequest.OfferVersions(negotiated.Version)).Write(negotiated.Version);
        yield return _state.Session!.WriteFinish();
    }

    private IEnumerable<byte[]> Log(Negotiated negotiated)
    {
        yield return new MeasurementLogRequest(0, _plan.PortionSize).Write(negotiated.Version);
        while (_state.PartialLog is { } partial)
        {
            yield return new MeasurementLogRequest(partial.Offset, Math.Min(_plan.PortionSize, partial.Remainder)).Write(negotiated.Version);
        }
    }
}
