// What is in this room: the device's side of SPDM (DSP0274 1.0 to 1.4), strict, with faults on demand. SpdmResponder has the order of requests and the delays,
// the handlers beside it one group of requests each. The messages and transcripts here are written anew rather than shared with the requester,
// so that one's mistake is not the other's.
using Fleet.Spdm;

namespace Fleet.Simulator.Spdm;

/// <summary>An SPDM responder with one connection: a message in, a message out, without the transport's padding.</summary>
internal sealed class SpdmResponder
{
    private const int MinHeader = 4;
    private const int MaxPadding = 3;

    private readonly ResponderOptions _options;
    private readonly NegotiationHandler _negotiation;
    private readonly IdentityHandler _identity;
    private readonly MeasurementHandler _measurements;
    private readonly SessionHandler _sessions;
    private readonly DelayFault _delays;
    private Connection? _connection;
    private LargeAnswer? _large;
    private byte _handle;

    public SpdmResponder(ResponderOptions options)
    {
        _options = options;
        _negotiation = new(options);
        _measurements = new(options);
        _identity = new(options, _measurements);
        _sessions = new(options, _measurements);
        _delays = new(options.Faults);
    }

    public byte[] Answer(ReadOnlyMemory<byte> request) => Answer(request, secured: false);

    private byte[] Answer(ReadOnlyMemory<byte> request, bool secured)
    {
        if (request.Length < MinHeader)
        {
            return ResponseBuilder.Error(_connection?.Version ?? SpdmVersion.V10, ErrorCodes.InvalidRequest);
        }

        byte code = request.Span[1];
        SpdmVersion version = (SpdmCode)code == SpdmCode.GetVersion ? SpdmVersion.V10 : _connection?.Version ?? SpdmVersion.V10;
        try
        {
            return (SpdmCode)code == SpdmCode.GetVersion && !secured ? GetVersion(request) : Dispatch(request, secured);
        }
        catch (Refused refused)
        {
            _delays.Forget();
            if (_connection is not null && (SpdmCode)code == SpdmCode.GetMeasurements && _connection.Version >= SpdmVersion.V12)
            {
                _connection.L = [];
            }

            return ResponseBuilder.Error(version, refused.Code, refused.Detail);
        }
    }

    /// <summary>Answers a record of a session; null where it is none of one that is open.</summary>
    public byte[]? AnswerSecured(ReadOnlyMemory<byte> record)
    {
        if (_connection?.Session is not { Requests: { } requests, Responses: { } responses })
        {
            return null;
        }

        if (!requests.TryOpen(record.Span, out byte[]? request))
        {
            _connection.Session = null; // A record that does not open ends the session.
            return null;
        }

        return responses.Seal(Answer(request, secured: true));
    }

    /// <summary>The message without a transport's padding: exactly as long as its fields say, then at most three zeros.</summary>
    public static ReadOnlyMemory<byte> Exact(ReadOnlyMemory<byte> request, int length)
    {
        Refused.Unless(request.Length >= length && request.Length - length <= MaxPadding && !request.Span[length..].ContainsAnyExcept((byte)0));
        return request[..length];
    }

    private byte[] GetVersion(ReadOnlyMemory<byte> request)
    {
        if (request.Span[0] != (byte)SpdmVersion.V10)
        {
            throw new Refused(ErrorCodes.VersionMismatch);
        }

        byte[] exact = Exact(request, MinHeader).ToArray();
        ResponseBuilder builder = new ResponseBuilder(SpdmVersion.V10, SpdmCode.Version).Byte(0).Byte((byte)_options.Versions.Length);
        foreach (SpdmVersion version in _options.Versions)
        {
            builder.UInt16((byte)version << 8);
        }

        byte[] answer = builder.ToArray();
        _connection = new() { VersionExchange = [.. exact, .. answer] };
        _large = null;
        _delays.Begin();
        return answer;
    }

    private byte[] Dispatch(ReadOnlyMemory<byte> request, bool secured)
    {
        SpdmCode code = (SpdmCode)request.Span[1];
        if (_connection is null)
        {
            throw new Refused(IsKnown(code) ? ErrorCodes.UnexpectedRequest : ErrorCodes.UnsupportedRequest, IsKnown(code) ? (byte)0 : (byte)code);
        }

        if (code != SpdmCode.GetCapabilities && _connection.Requester is null && IsKnown(code))
        {
            throw new Refused(ErrorCodes.UnexpectedRequest);
        }

        bool first = code == SpdmCode.GetCapabilities && _connection.Requester is null;
        if (first ? !_options.Versions.Contains((SpdmVersion)request.Span[0]) : request.Span[0] != (byte)_connection.Version)
        {
            throw new Refused(ErrorCodes.VersionMismatch);
        }

        if (!IsKnown(code))
        {
            throw new Refused(ErrorCodes.UnsupportedRequest, (byte)code);
        }

        if (request.Length > _options.DataTransferSize + MaxPadding)
        {
            throw new Refused((SpdmVersion)request.Span[0] >= SpdmVersion.V12 ? ErrorCodes.RequestTooLarge : ErrorCodes.InvalidRequest);
        }

        if (code is SpdmCode.GetCapabilities)
        {
            return _negotiation.Capabilities(_connection, request);
        }

        if (code is SpdmCode.NegotiateAlgorithms)
        {
            return _negotiation.Algorithms(_connection, request);
        }

        if (_connection.Negotiated is null)
        {
            throw new Refused(ErrorCodes.UnexpectedRequest);
        }

        if (secured != _connection.Session?.Requests is not null || (_connection.Session is not null && !SessionHandler.Serves(code)))
        {
            throw new Refused(ErrorCodes.UnexpectedRequest);
        }

        return code == SpdmCode.ChunkGet ? ChunkGet(_connection, request) : Delayed(_connection, code, request);
    }

    private byte[] Delayed(Connection connection, SpdmCode code, ReadOnlyMemory<byte> request)
    {
        _large = null; // Whoever asks for something else has given the large answer up.
        if (code == SpdmCode.RespondIfReady)
        {
            ReadOnlyMemory<byte> exact = Exact(request, MinHeader);
            request = _delays.Resume(exact.Span[2], exact.Span[3]);
            code = (SpdmCode)request.Span[1];
        }
        else if (_delays.Delay(connection.Version, request) is { } error)
        {
            return error;
        }

        return Deliver(connection, Serve(connection, code, request));
    }

    private byte[] Serve(Connection connection, SpdmCode code, ReadOnlyMemory<byte> request)
    {
        if (code != SpdmCode.GetMeasurements && connection.Version >= SpdmVersion.V12)
        {
            connection.L = [];
        }

        return code switch
        {
            SpdmCode.GetDigests => _identity.Digests(connection, request),
            SpdmCode.GetCertificate => _identity.Certificate(connection, request),
            SpdmCode.Challenge => _identity.Challenge(connection, request),
            SpdmCode.GetMeasurements => _measurements.Measurements(connection, request),
            SpdmCode.GetMeasurementLog => _measurements.Log(connection, request),
            SpdmCode.KeyExchange => _sessions.Exchange(connection, request),
            SpdmCode.Finish => _sessions.Finish(connection, request),
            SpdmCode.EndSession => SessionHandler.End(connection, request),
            _ => throw new Refused(ErrorCodes.UnsupportedRequest, (byte)code),
        };
    }

    private byte[] Deliver(Connection connection, byte[] answer)
    {
        long transfer = connection.Version < SpdmVersion.V12 ? long.MaxValue : Math.Min(connection.Requester!.DataTransferSize, _options.DataTransferSize);
        if (answer.Length <= transfer && !_options.Faults.Contains(ResponderFault.ResponseTooLarge))
        {
            return answer;
        }

        if (!connection.Negotiated!.Chunking || answer.Length > connection.Requester!.MaxMessageSize || answer.Length <= transfer)
        {
            return [.. ResponseBuilder.Error(connection.Version, ErrorCodes.ResponseTooLarge, 0, BitConverter.GetBytes(answer.Length))];
        }

        _large = new(answer, ++_handle, (int)transfer);
        return ResponseBuilder.Error(connection.Version, ErrorCodes.LargeResponse, 0, _large.Handle);
    }

    private byte[] ChunkGet(Connection connection, ReadOnlyMemory<byte> request)
    {
        if (!connection.Negotiated!.Chunking)
        {
            throw new Refused(ErrorCodes.UnsupportedRequest, (byte)SpdmCode.ChunkGet);
        }

        if (_large is null)
        {
            throw new Refused(ErrorCodes.UnexpectedRequest);
        }

        byte[] chunk = _large.Next(connection.Version, request, _options.Faults.Contains(ResponderFault.ChunkHandle));
        _large = _large.Done ? null : _large;
        return chunk;
    }

    private static bool IsKnown(SpdmCode code) => code is SpdmCode.GetCapabilities or SpdmCode.NegotiateAlgorithms or SpdmCode.GetDigests or SpdmCode.GetCertificate
        or SpdmCode.Challenge or SpdmCode.GetMeasurements or SpdmCode.GetMeasurementLog or SpdmCode.RespondIfReady or SpdmCode.ChunkGet
        or SpdmCode.KeyExchange or SpdmCode.Finish or SpdmCode.EndSession;
}
