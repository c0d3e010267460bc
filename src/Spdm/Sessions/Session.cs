using System.Security.Cryptography;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Sessions;

/// <summary>A session from KEY_EXCHANGE to END_SESSION, with a handshake in the clear and without mutual authentication, as either end or an observer with the secret sees it.</summary>
internal sealed class Session
{
    private readonly Negotiated _negotiated;
    private readonly KeySchedule _keys;
    private readonly uint _id;
    private List<byte> _transcript;

    public Session(Negotiated negotiated, byte[] secret, byte[] th1, ushort requesterId, ushort responderId)
    {
        _negotiated = negotiated;
        _keys = new(negotiated.Version, negotiated.Selection.BaseHash, secret, th1);
        _id = requesterId | ((uint)responderId << 16);
        _transcript = [.. th1];
    }

    /// <summary>The requester's records, once the session is established.</summary>
    public SecuredDirection? Requests { get; private set; }

    /// <summary>The responder's records, once the session is established.</summary>
    public SecuredDirection? Responses { get; private set; }

    /// <summary>The FINISH that the requester must send.</summary>
    public byte[] WriteFinish()
    {
        byte[] head = FinishMessage.Head(_negotiated.Version, SpdmCode.Finish);
        return [.. head, .. _keys.Mac(requester: true, [.. _transcript, .. head])];
    }

    /// <summary>The FINISH_RSP to a FINISH that was taken.</summary>
    public byte[] WriteFinishResponse()
    {
        byte[] head = FinishMessage.Head(_negotiated.Version, SpdmCode.FinishResponse);
        return [.. head, .. _keys.Mac(requester: false, [.. _transcript, .. head])];
    }

    /// <summary>Takes FINISH; false where its MAC is wrong.</summary>
    public bool TryTakeFinish(FinishMessage finish) => TryTake(finish, requester: true);

    /// <summary>Takes FINISH_RSP, which establishes the session; false where its MAC is wrong.</summary>
    public bool TryTakeFinishResponse(FinishMessage finish)
    {
        if (!TryTake(finish, requester: false))
        {
            return false;
        }

        (Requests, Responses) = _keys.Application([.. _transcript], _id, _negotiated.CipherKeySize);
        _transcript = [];
        return true;
    }

    private bool TryTake(FinishMessage finish, bool requester)
    {
        byte[] expected = _keys.Mac(requester, [.. _transcript, .. finish.Covered.Span]);
        if (!CryptographicOperations.FixedTimeEquals(expected, finish.Mac.Span))
        {
            return false;
        }

        _transcript.AddRange(finish.Raw.Span);
        return true;
    }
}
