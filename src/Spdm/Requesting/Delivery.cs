using Fleet.Spdm.Evidence;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Requesting;

/// <summary>One request until its answer is whole: the same bytes again after Busy, RESPOND_IF_READY, CHUNK_GET. Counts what the run may cost.</summary>
internal sealed class Delivery(PlanBudget budget)
{
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(9);

    private ReadOnlyMemory<byte> _request;
    private Negotiated? _negotiated;
    private ChunkAssembly? _chunks;
    private int _delays;
    private int _exchanges;
    private long _bytes;
    private TimeSpan _waited;

    /// <summary>The whole answer, once it is there.</summary>
    public ReadOnlyMemory<byte>? Answer { get; private set; }

    /// <summary>The ERROR that is the answer.</summary>
    public ErrorResponse? Refusal { get; private set; }

    /// <summary>Why nothing more may be sent.</summary>
    public RequesterEnd? End { get; private set; }

    public RequesterTurn Begin(ReadOnlyMemory<byte> request, Negotiated? negotiated)
    {
        (_request, _negotiated, _chunks, Answer, Refusal) = (request, negotiated, null, null, null);
        return Turn(request, TimeSpan.Zero);
    }

    /// <summary>The next turn of the same request; null where there is an answer, a refusal or an end.</summary>
    public RequesterTurn? Take(ReadOnlyMemory<byte> response)
    {
        _exchanges++;
        _bytes += response.Length;
        if (_exchanges > budget.Exchanges || _bytes > budget.Bytes)
        {
            return Stop(RequesterFailure.Budget, $"The responder needs more than {budget.Exchanges} exchanges or {budget.Bytes} bytes.");
        }

        if (ErrorResponse.TryParse(response, out ErrorResponse? error))
        {
            return error.IsDelay && response.Span[0] != _request.Span[0]
                ? Stop(RequesterFailure.Malformed, $"ERROR {error.Name} came in another version than was asked.")
                : TakeError(error);
        }

        if (_chunks is null)
        {
            Answer = response;
            return null;
        }

        if (!_chunks.TryAdd(response))
        {
            return Stop(RequesterFailure.Malformed, $"The response is not chunk {_chunks.Next} of a large response.");
        }

        if (!_chunks.Complete)
        {
            return Turn(ChunkResponse.Request(_negotiated!.Version, _chunks.Handle, _chunks.Next), TimeSpan.Zero);
        }

        Answer = _chunks.Message;
        return null;
    }

    private RequesterTurn? TakeError(ErrorResponse error)
    {
        SpdmVersion version = (SpdmVersion)_request.Span[0];
        if (_chunks is not null)
        {
            Refusal = error;
            return null;
        }

        switch (error.Code)
        {
            case ErrorResponse.Busy:
                return Delay(_request, budget.BusyDelay * (1 << Math.Min(_delays, 10)));
            case ErrorResponse.NotReady:
                return NotReady.TryRead(error, _request.Span[1], out NotReady? notReady)
                    ? Delay(notReady.Request(version), notReady.Delay)
                    : Stop(RequesterFailure.Malformed, "ResponseNotReady names another request, no multiplier or a time beyond 2^23 microseconds.");
            case ErrorResponse.LargeResponse when _negotiated?.Chunking == true:
                _chunks = new(_negotiated, error.Extended.Span[0]);
                return Turn(ChunkResponse.Request(version, _chunks.Handle, 0), TimeSpan.Zero);
            default:
                Refusal = error;
                return null;
        }
    }

    private RequesterTurn? Delay(ReadOnlyMemory<byte> request, TimeSpan delay)
    {
        _delays++;
        _waited += delay;
        return _delays > budget.Delays || _waited > budget.Waiting
            ? Stop(RequesterFailure.Budget, $"The responder was busy or not ready {_delays} times, {_waited.TotalSeconds:0.0} s in all, to {(SpdmCode)_request.Span[1]}.")
            : Turn(request, delay);
    }

    private RequesterTurn? Stop(RequesterFailure failure, string detail)
    {
        End = new(failure, detail);
        return null;
    }

    // Work with a key may take CT = 2^exponent microseconds, which the peer says; it is clamped before it is used.
    private RequesterTurn Turn(ReadOnlyMemory<byte> request, TimeSpan delay)
    {
        int exponent = Math.Min(_negotiated?.Responder.TimeoutExponent ?? 0, NotReady.MaxExponent);
        TimeSpan asked = ShortPatience + TimeSpan.FromMicroseconds(1L << exponent);
        return new(request, delay, asked < LongPatience ? asked : LongPatience);
    }
}
