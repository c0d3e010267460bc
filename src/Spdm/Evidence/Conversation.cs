// What is in this room: the verifier's own reading of a conversation, from nothing but raw bytes in wire order.
// Conversation pairs requests with answers (delayed and chunked ones too) and hands them to Transcripts, which grows A, B and L as the text says.
using System.Collections.Immutable;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Evidence;

/// <summary>A conversation rebuilt from raw messages; on a fault it ends there and says what was wrong.</summary>
public sealed class Conversation
{
    private readonly Transcripts _state = new();

    private Conversation()
    {
    }

    /// <summary>What was wrong with the first message that could not be taken; null where all were.</summary>
    public string? Fault { get; private set; }

    /// <summary>What the last negotiation fixed; null before its end.</summary>
    public Negotiated? Negotiated => _state.Negotiated;

    /// <summary>The six messages of the negotiation (VCA, message A).</summary>
    public ReadOnlyMemory<byte> Vca => _state.A.WrittenMemory;

    /// <summary>The last DIGESTS.</summary>
    public DigestsResponse? Digests => _state.Digests;

    /// <summary>The completed chain blobs by slot.</summary>
    public IReadOnlyDictionary<byte, ReadOnlyMemory<byte>> ChainBlobs => _state.ChainBlobs;

    /// <summary>All signed transcripts in wire order.</summary>
    public ImmutableArray<SignedTranscript> SignedTranscripts => [.. _state.Signed];

    /// <summary>The responses to unsigned and signed GET_MEASUREMENTS since the negotiation.</summary>
    public ImmutableArray<MeasurementsResponse> Measurements => [.. _state.Measurements];

    /// <summary>Rebuilds a conversation; any bytes are taken without an exception.</summary>
    public static Conversation Rebuild(IReadOnlyList<RawMessage> messages)
    {
        Conversation conversation = new();
        ReadOnlyMemory<byte> pending = default;
        ChunkAssembly? chunks = null;
        for (int i = 0; i < messages.Count && conversation.Fault is null; i += 2)
        {
            if (i + 1 >= messages.Count || !messages[i].IsRequest || messages[i + 1].IsRequest || messages[i].Bytes.Length < 4 || messages[i + 1].Bytes.Length < 4)
            {
                conversation.Fault = $"Message {i} is not a request followed by its response.";
                break;
            }

            conversation.Take(i, messages[i].Bytes, messages[i + 1].Bytes, ref pending, ref chunks);
        }

        return conversation;
    }

    private void Take(int at, ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response, ref ReadOnlyMemory<byte> pending, ref ChunkAssembly? chunks)
    {
        SpdmCode code = (SpdmCode)request.Span[1];
        bool delayed = code is SpdmCode.RespondIfReady or SpdmCode.ChunkGet;
        ReadOnlyMemory<byte> asked = delayed ? pending : request;
        bool fits = asked.Length >= 4 && (code != SpdmCode.RespondIfReady || request.Span[2] == asked.Span[1]) && (code == SpdmCode.ChunkGet) == (chunks is not null);
        if (!fits)
        {
            Fault = $"Message {at} ({code}) continues nothing.";
        }
        else if (ErrorResponse.TryParse(response, out ErrorResponse? error))
        {
            chunks = null;
            pending = default;
            switch (error.Code)
            {
                case ErrorResponse.Busy:
                    break;
                case ErrorResponse.NotReady:
                    pending = asked;
                    break;
                case ErrorResponse.LargeResponse when _state.Negotiated?.Chunking == true:
                    pending = asked;
                    chunks = new(_state.Negotiated, error.Extended.Span[0]);
                    break;
                default:
                    Fault = $"Message {at + 1} is ERROR 0x{error.Code:x2} to {code}.";
                    break;
            }
        }
        else if (chunks is null || chunks.TryAdd(response))
        {
            if (chunks is { Complete: false })
            {
                return;
            }

            ReadOnlyMemory<byte> answer = chunks?.Message ?? response;
            chunks = null;
            pending = default;
            Fault = _state.TryTake(asked, answer) ? null : $"Messages {at} and {at + 1} ({(SpdmCode)asked.Span[1]}) are not a well-formed exchange.";
        }
        else
        {
            Fault = $"Message {at + 1} is not the next chunk.";
        }
    }
}
