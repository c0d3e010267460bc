using Fleet.Spdm;

namespace Fleet.Simulator.Spdm;

/// <summary>The faults that put an answer off: Busy, ResponseNotReady, RequestResynch.</summary>
internal sealed class DelayFault(IReadOnlySet<ResponderFault> faults)
{
    private const byte Exponent = 10; // About a millisecond.

    private readonly HashSet<byte> _delayed = [];
    private ReadOnlyMemory<byte> _pending;
    private byte _token;
    private bool _resynched;

    /// <summary>A new connection: each kind of request is put off once more.</summary>
    public void Begin()
    {
        _delayed.Clear();
        Forget();
    }

    /// <summary>A request that was refused is not asked for again.</summary>
    public void Forget() => _pending = default;

    /// <summary>The ERROR that puts a request off; null where it is served now.</summary>
    public byte[]? Delay(SpdmVersion version, ReadOnlyMemory<byte> request)
    {
        Forget();
        byte code = request.Span[1];
        if (faults.Contains(ResponderFault.Resynch) && !_resynched)
        {
            _resynched = true;
            return ResponseBuilder.Error(version, ErrorCodes.RequestResynch);
        }

        if (faults.Contains(ResponderFault.BusyForever) || (faults.Contains(ResponderFault.Busy) && _delayed.Add(code)))
        {
            return ResponseBuilder.Error(version, ErrorCodes.Busy);
        }

        if (!faults.Contains(ResponderFault.NotReady) || !_delayed.Add(code))
        {
            return null;
        }

        _pending = request.ToArray();
        return ResponseBuilder.Error(version, ErrorCodes.ResponseNotReady, 0, Exponent, code, ++_token, 2);
    }

    /// <summary>The request that RESPOND_IF_READY asks the answer of.</summary>
    public ReadOnlyMemory<byte> Resume(byte code, byte token)
    {
        if (_pending.IsEmpty)
        {
            throw new Refused(ErrorCodes.UnexpectedRequest);
        }

        Refused.Unless(_pending.Span[1] == code && token == _token);
        ReadOnlyMemory<byte> pending = _pending;
        Forget();
        return pending;
    }
}
