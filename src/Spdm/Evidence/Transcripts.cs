using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Fleet.Spdm.Messages;
using Fleet.Spdm.Sessions;

namespace Fleet.Spdm.Evidence;

/// <summary>Messages A, B and L as exchanges come in, without padding (DSP0274, M1/M2 and L1/L2).</summary>
internal sealed class Transcripts(IReadOnlyList<IKeyAgreement> agreements)
{
    private const int MaxTranscript = 1 << 20;

    private readonly Dictionary<byte, PartialBlob> _partial = [];
    private PartialBlob? _partialLog;
    private ArrayBufferWriter<byte> _b = new();
    private ArrayBufferWriter<byte> _l = new();
    private List<MeasurementsResponse> _lResponses = [];
    private bool _lRaw;
    private SpdmVersion _version;
    private CapabilitiesRequest? _capabilitiesRequest;
    private CapabilitiesResponse? _capabilities;
    private VersionResponse? _versions;
    private bool _challenged;
    private ReadOnlyMemory<byte> _firstDigests;

    public ArrayBufferWriter<byte> A { get; private set; } = new();

    public Negotiated? Negotiated { get; private set; }

    /// <summary>The session that was begun; null where none is.</summary>
    public Session? Session { get; private set; }

    /// <summary>Whether messages are secured now.</summary>
    public bool InSession => Session?.Requests is not null;

    public DigestsResponse? Digests { get; private set; }

    public Dictionary<byte, ReadOnlyMemory<byte>> ChainBlobs { get; } = [];

    public VersionResponse? Versions => _versions;

    /// <summary>The last whole measurement extension log; empty while there is none.</summary>
    public ReadOnlyMemory<byte> LogBlob { get; private set; }

    public List<SignedTranscript> Signed { get; } = [];

    public List<MeasurementsResponse> Measurements { get; } = [];

    /// <summary>Where the next portion of a log begins and how much remains; null where it is whole.</summary>
    public (uint Offset, uint Remainder)? PartialLog => _partialLog?.Rest;

    /// <summary>Where the next portion of a slot's chain begins and how much remains; null where it is whole.</summary>
    public (uint Offset, uint Remainder)? Partial(byte slot) => _partial.TryGetValue(slot, out PartialBlob? blob) ? blob.Rest : null;

    /// <summary>Opens both records of an exchange within a session.</summary>
    public bool TryOpen(ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response, [NotNullWhen(true)] out byte[]? asked, [NotNullWhen(true)] out byte[]? answer)
    {
        (asked, answer) = (null, null);
        return Session is { Requests: { } requests, Responses: { } responses } && requests.TryOpen(request.Span, out asked) && responses.TryOpen(response.Span, out answer);
    }

    public bool TryTake(ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        if (A.WrittenCount + _b.WrittenCount + _l.WrittenCount + (long)request.Length + response.Length > MaxTranscript)
        {
            return false;
        }

        SpdmCode code = (SpdmCode)request.Span[1];
        if (code is not SpdmCode.GetMeasurements && _version >= SpdmVersion.V12)
        {
            NullL();
        }

        if (Session is not null && code is not SpdmCode.GetVersion && code is not (SpdmCode.Finish or SpdmCode.GetMeasurements or SpdmCode.EndSession))
        {
            return false; // Within a session nothing else is asked for here.
        }

        return code switch
        {
            SpdmCode.KeyExchange => Negotiated is not null && TakeKeyExchange(Negotiated, request, response),
            SpdmCode.Finish => Negotiated is not null && TakeFinish(Negotiated, request, response),
            SpdmCode.EndSession => Negotiated is not null && TakeEndSession(Negotiated, request, response),
            SpdmCode.GetVersion => TakeVersion(request, response),
            SpdmCode.GetCapabilities => TakeCapabilities(request, response),
            SpdmCode.NegotiateAlgorithms => TakeAlgorithms(request, response),
            SpdmCode.GetDigests => Negotiated is not null && TakeDigests(Negotiated, request, response),
            SpdmCode.GetCertificate => Negotiated is not null && TakeCertificate(Negotiated, request, response),
            SpdmCode.Challenge => Negotiated is not null && TakeChallenge(Negotiated, request, response),
            SpdmCode.GetMeasurementLog => Negotiated is not null && TakeLog(Negotiated, request, response),
            SpdmCode.GetMeasurements => Negotiated is not null && TakeMeasurements(Negotiated, request, response),
            _ => false,
        };
    }

    private static void Append(ArrayBufferWriter<byte> to, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        to.Write(request.Span);
        to.Write(response.Span);
    }

    private static ReadOnlyMemory<byte> Join(params ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        ArrayBufferWriter<byte> joined = new();
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            joined.Write(part.Span);
        }

        return joined.WrittenMemory;
    }

    // What comes before a completed challenge and is not part of it nulls B.
    private void NullB() => _b = _challenged ? _b : new();

    private void NullL() => (_l, _lResponses, _lRaw) = (new(), [], false);

    private bool TakeVersion(ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        // GET_VERSION resets the connection: nothing of before may count with what comes after.
        MessageReader reader = new(request);
        (byte, byte) parameters = reader.Header(SpdmVersion.V10, SpdmCode.GetVersion);
        reader.Require(parameters == (0, 0));
        (A, _b) = (new(), new());
        NullL();
        (Negotiated, Digests, _capabilities, _version, _challenged) = (null, null, null, 0, false);
        ChainBlobs.Clear();
        Signed.Clear();
        Measurements.Clear();
        _partial.Clear();
        (_partialLog, LogBlob, Session, _firstDigests) = (null, default, null, default);
        if (!reader.TryFinish(out ReadOnlyMemory<byte> exact) || !VersionResponse.TryParse(response, out _versions))
        {
            return false;
        }

        Append(A, exact, _versions.Raw);
        return true;
    }

    private bool TakeCapabilities(ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        _version = (SpdmVersion)request.Span[0];
        if (_versions?.Best([_version]) is null || !Enum.IsDefined(_version) || _capabilities is not null
            || !CapabilitiesRequest.TryParse(request, _version, out _capabilitiesRequest, out ReadOnlyMemory<byte> exact)
            || !CapabilitiesResponse.TryParse(response, _version, _capabilitiesRequest, out _capabilities))
        {
            return false;
        }

        Append(A, exact, _capabilities.Raw);
        return true;
    }

    private bool TakeAlgorithms(ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        if (_capabilities is null || _capabilitiesRequest is null || Negotiated is not null
            || !AlgorithmsRequest.TryParse(request, _version, out AlgorithmsRequest? offer, out ReadOnlyMemory<byte> exact)
            || !AlgorithmsResponse.TryParse(response, _version, out AlgorithmsResponse? selection))
        {
            return false;
        }

        Append(A, exact, selection.Raw);
        Negotiated = new(_version, _capabilitiesRequest, _capabilities, offer, selection);
        return Negotiated.IsSound;
    }

    private bool TakeDigests(Negotiated negotiated, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        MessageReader reader = new(request);
        reader.Header(negotiated.Version, SpdmCode.GetDigests);
        if (!reader.TryFinish(out ReadOnlyMemory<byte> exact) || !DigestsResponse.TryParse(response, negotiated, out DigestsResponse? digests))
        {
            return false;
        }

        _b = new();
        Append(_b, exact, digests.Raw);
        Digests = digests;
        _firstDigests = _firstDigests.IsEmpty ? digests.Raw : _firstDigests;
        return true;
    }

    private bool TakeCertificate(Negotiated negotiated, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        if (!CertificateRequest.TryParse(request, negotiated.Version, out CertificateRequest? asked, out ReadOnlyMemory<byte> exact)
            || !CertificateResponse.TryParse(response, negotiated.Version, asked, out CertificateResponse? answer))
        {
            return false;
        }

        Append(_b, exact, answer.Raw);
        if (asked.Offset == 0)
        {
            _partial[asked.Slot] = new(CertificateChain.MaxSize);
        }

        if (!_partial.TryGetValue(asked.Slot, out PartialBlob? blob) || !blob.TryAdd(asked.Offset, answer.Portion, answer.Remainder))
        {
            return false;
        }

        if (blob.Complete)
        {
            _partial.Remove(asked.Slot);
            ChainBlobs[asked.Slot] = blob.Bytes;
        }

        return true;
    }

    private bool TakeLog(Negotiated negotiated, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        if (negotiated.Version < SpdmVersion.V13
            || !MeasurementLogRequest.TryParse(request, negotiated.Version, out MeasurementLogRequest? asked, out _)
            || !MeasurementLogResponse.TryParse(response, negotiated.Version, asked, out MeasurementLogResponse? answer))
        {
            return false;
        }

        NullB();
        _partialLog = asked.Offset == 0 ? new(MeasurementLog.MaxSize) : _partialLog;
        if (_partialLog?.TryAdd(asked.Offset, answer.Portion, answer.Remainder) != true)
        {
            return false;
        }

        LogBlob = _partialLog.Complete ? _partialLog.Bytes : LogBlob;
        return true;
    }

    private bool TakeChallenge(Negotiated negotiated, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        if (!ChallengeRequest.TryParse(request, negotiated.Version, out ChallengeRequest? asked, out ReadOnlyMemory<byte> exact)
            || !ChallengeAuthResponse.TryParse(response, negotiated, asked, out ChallengeAuthResponse? answer))
        {
            return false;
        }

        Signed.Add(new(SpdmSignature.ChallengeContext, (byte)(asked.Slot & 0xF), Join(A.WrittenMemory, _b.WrittenMemory, exact, answer.Covered), answer.Signature)
        {
            Challenge = (asked, answer),
        });
        _b = new();
        _challenged = true;
        return true;
    }

    private bool TakeKeyExchange(Negotiated negotiated, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        if (!negotiated.HandshakeInTheClear || negotiated.CipherKeySize == 0
            || !KeyExchangeRequest.TryParse(request, negotiated, out KeyExchangeRequest? asked, out ReadOnlyMemory<byte> exact)
            || !KeyExchangeResponse.TryParse(response, negotiated, asked, out KeyExchangeResponse? answer)
            || answer.MutualAuthentication != 0 || !ChainBlobs.TryGetValue(asked.Slot, out ReadOnlyMemory<byte> chain))
        {
            return false;
        }

        NullB();
        byte[] digest = SpdmAlgorithms.Hash(negotiated.Selection.BaseHash, chain.Span);
        ReadOnlyMemory<byte> th = Join(A.WrittenMemory, negotiated.MultiKey ? _firstDigests : default, digest, exact, answer.Covered);
        Signed.Add(new(SpdmSignature.KeyExchangeContext, asked.Slot, th, answer.Signature) { KeyExchange = (asked, answer) });
        byte[]? secret = agreements.FirstOrDefault(agreement => agreement.ExchangeData.Span.SequenceEqual(asked.ExchangeData.Span))?.Secret(answer.ExchangeData);
        Session = secret is null ? null : new(negotiated, secret, [.. th.Span, .. answer.Signature.Span], asked.SessionId, answer.SessionId);
        return Session is not null;
    }

    private bool TakeFinish(Negotiated negotiated, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response) =>
        Session is { Requests: null } session
        && FinishMessage.TryParse(request, negotiated, SpdmCode.Finish, out FinishMessage? finish) && session.TryTakeFinish(finish)
        && FinishMessage.TryParse(response, negotiated, SpdmCode.FinishResponse, out FinishMessage? answer) && session.TryTakeFinishResponse(answer);

    private bool TakeEndSession(Negotiated negotiated, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        MessageReader asked = new(request);
        asked.Header(negotiated.Version, SpdmCode.EndSession);
        MessageReader answer = new(response);
        answer.Header(negotiated.Version, SpdmCode.EndSessionAck);
        bool ended = InSession && asked.TryFinish(out _) && answer.TryFinish(out _);
        Session = ended ? null : Session;
        return ended;
    }

    private bool TakeMeasurements(Negotiated negotiated, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        if (!MeasurementsRequest.TryParse(request, negotiated.Version, out MeasurementsRequest? asked, out ReadOnlyMemory<byte> exact)
            || !MeasurementsResponse.TryParse(response, negotiated, asked, out MeasurementsResponse? answer))
        {
            return false;
        }

        NullB();
        Append(_l, exact, answer.Covered);
        _lResponses.Add(answer);
        _lRaw |= (asked.Attributes & 2) != 0;
        Measurements.Add(answer);
        if (asked.WantsSignature)
        {
            ReadOnlyMemory<byte> prefix = negotiated.Version >= SpdmVersion.V12 ? A.WrittenMemory : default;
            Signed.Add(new(SpdmSignature.MeasurementsContext, asked.Slot, Join(prefix, _l.WrittenMemory), answer.Signature)
            {
                Measurements = (asked, answer),
                Covered = [.. _lResponses],
                AskedRaw = _lRaw,
            });
            NullL();
        }

        return true;
    }
}
