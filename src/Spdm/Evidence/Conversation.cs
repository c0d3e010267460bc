// What is in this room: the verifier's own reading of a conversation, from nothing but raw bytes in wire order.
// Conversation pairs requests with answers (delayed and chunked ones too) and hands them to Transcripts, which grows A, B and L as the text says.
using System.Collections.Immutable;
using Fleet.Spdm.Messages;
using Fleet.Spdm.Sessions;

namespace Fleet.Spdm.Evidence;

/// <summary>A conversation rebuilt from raw messages; on a fault it ends there and says what was wrong.</summary>
public sealed class Conversation
{
    private readonly Transcripts _state;
    private PendingRequest? _pending;
    private bool _mustRestart;

    private Conversation(IReadOnlyList<IKeyAgreement> agreements) => _state = new(agreements);

    /// <summary>What was wrong with the first message that could not be taken; null where all were.</summary>
    public string? Fault { get; private set; }

    /// <summary>The ERROR that ended the conversation; null where none did.</summary>
    public ErrorResponse? Refusal { get; private set; }

    /// <summary>Whether it ends before the last request was answered.</summary>
    public bool Incomplete { get; private set; }

    /// <summary>How often the responder was busy or not ready.</summary>
    public int Delays { get; private set; }

    /// <summary>How often the responder asked to begin anew, or lost the connection to another requester.</summary>
    public int Restarts { get; private set; }

    /// <summary>The last VERSION.</summary>
    public VersionResponse? Versions => _state.Versions;

    /// <summary>What the last negotiation fixed; null before its end.</summary>
    public Negotiated? Negotiated => _state.Negotiated;

    /// <summary>The six messages of the negotiation (VCA, message A).</summary>
    public ReadOnlyMemory<byte> Vca => _state.A.WrittenMemory;

    /// <summary>The last DIGESTS.</summary>
    public DigestsResponse? Digests => _state.Digests;

    /// <summary>The completed chain blobs by slot.</summary>
    public IReadOnlyDictionary<byte, ReadOnlyMemory<byte>> ChainBlobs => _state.ChainBlobs;

    /// <summary>The last whole measurement extension log; empty where none was read.</summary>
    public ReadOnlyMemory<byte> LogBlob => _state.LogBlob;

    /// <summary>All signed transcripts in wire order.</summary>
    public ImmutableArray<SignedTranscript> SignedTranscripts => [.. _state.Signed];

    /// <summary>The responses to unsigned and signed GET_MEASUREMENTS since the negotiation.</summary>
    public ImmutableArray<MeasurementsResponse> Measurements => [.. _state.Measurements];

    /// <summary>Rebuilds a conversation; any bytes are taken without an exception.</summary>
    /// <param name="messages">The messages in wire order.</param>
    /// <param name="agreements">The requester's halves of key exchanges, without which a session cannot be read.</param>
    public static Conversation Rebuild(IReadOnlyList<RawMessage> messages, params IReadOnlyList<IKeyAgreement> agreements)
    {
        ArgumentNullException.ThrowIfNull(messages);
        Conversation conversation = new(agreements);
        for (int i = 0; i < messages.Count && conversation.Fault is null; i += 2)
        {
            if (i + 1 == messages.Count && messages[i].IsRequest)
            {
                conversation.Incomplete = true;
                break;
            }

            if (i + 1 >= messages.Count || !messages[i].IsRequest || messages[i + 1].IsRequest || messages[i].Bytes.Length < 4 || messages[i + 1].Bytes.Length < 4)
            {
                conversation.Fault = $"Message {i} is not a request followed by its response.";
                break;
            }

            conversation.Take(i, messages[i], messages[i + 1]);
        }

        conversation.Incomplete |= conversation._pending is not null || conversation._mustRestart;
        return conversation;
    }

    private void Take(int at, RawMessage request, RawMessage response)
    {
        bool anew = request.Bytes.Span[1] == (byte)SpdmCode.GetVersion && !request.IsSecured;
        if (request.IsSecured != response.IsSecured || (request.IsSecured != _state.InSession && !anew))
        {
            Fault = $"Message {at} or {at + 1} is {(_state.InSession ? "outside its session" : "secured without a session")}.";
        }
        else if (!request.IsSecured)
        {
            Take(at, request.Bytes, response.Bytes);
        }
        else if (_state.TryOpen(request.Bytes, response.Bytes, out byte[]? asked, out byte[]? answer) && asked.Length >= 4 && answer.Length >= 4)
        {
            Take(at, (ReadOnlyMemory<byte>)asked, answer);
        }
        else
        {
            Fault = $"Messages {at} and {at + 1} are not records of the session.";
        }
    }

    private void Take(int at, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response)
    {
        SpdmCode code = (SpdmCode)request.Span[1];
        if (!Continues(code, request) || (_mustRestart && code != SpdmCode.GetVersion))
        {
            Fault = $"Message {at} ({code}) continues nothing.";
            return;
        }

        _mustRestart = false;
        ReadOnlyMemory<byte> asked = _pending?.Request ?? request;
        if (ErrorResponse.TryParse(response, out ErrorResponse? error))
        {
            if (error.IsDelay && response.Span[0] != asked.Span[0])
            {
                Fault = $"Message {at + 1} is ERROR {error.Name} in another version than {(SpdmCode)asked.Span[1]} was asked.";
                return;
            }

            TakeError(at + 1, asked, error);
        }
        else if (_pending?.Chunks is not { } chunks)
        {
            TakeAnswer(at, asked, response);
        }
        else if (!chunks.TryAdd(response))
        {
            Fault = $"Message {at + 1} is not the next chunk.";
        }
        else if (chunks.Complete)
        {
            TakeAnswer(at, asked, chunks.Message);
        }
    }

    // While an answer is due, only its fetching goes on: RESPOND_IF_READY with its code and token, or CHUNK_GET with its handle and number.
    private bool Continues(SpdmCode code, ReadOnlyMemory<byte> request)
    {
        if (_pending is null)
        {
            return code is not (SpdmCode.RespondIfReady or SpdmCode.ChunkGet);
        }

        SpdmVersion version = (SpdmVersion)_pending.Request.Span[0];
        ReadOnlySpan<byte> expected = _pending.NotReady is { } notReady
            ? notReady.Request(version)
            : ChunkResponse.Request(version, _pending.Chunks!.Handle, _pending.Chunks.Next);
        return request.Length - expected.Length is >= 0 and <= 3
            && request.Span.StartsWith(expected)
            && !request.Span[expected.Length..].ContainsAnyExcept((byte)0);
    }

    private void TakeError(int at, ReadOnlyMemory<byte> asked, ErrorResponse error)
    {
        bool fetching = _pending?.Chunks is not null;
        if (!fetching && error.Code == ErrorResponse.Busy)
        {
            Delays++;
            return; // As if it had not been asked; one that is due stays due.
        }

        if (!fetching && NotReady.TryRead(error, asked.Span[1], out NotReady? notReady))
        {
            Delays++;
            _pending = new(asked, notReady, null);
            return;
        }

        if (!fetching && error.Code == ErrorResponse.LargeResponse && _state.Negotiated?.Chunking == true)
        {
            _pending = new(asked, null, new(_state.Negotiated, error.Extended.Span[0]));
            return;
        }

        _pending = null;
        _mustRestart = error.Code is ErrorResponse.RequestResynch or ErrorResponse.UnexpectedRequest;
        if (_mustRestart)
        {
            Restarts++;
        }
        else
        {
            Refusal = error;
            Fault = $"Message {at} is ERROR {error.Name} to {(SpdmCode)asked.Span[1]}.";
        }
    }

    private void TakeAnswer(int at, ReadOnlyMemory<byte> asked, ReadOnlyMemory<byte> answer)
    {
        _pending = null;
        Fault = _state.TryTake(asked, answer)
            ? null
            : $"Messages {at} and {at + 1} ({(SpdmCode)asked.Span[1]}) are not a well-formed exchange. {_state.Negotiated?.Problem}".TrimEnd();
    }
}
