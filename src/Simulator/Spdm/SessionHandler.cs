using System.Security.Cryptography;
using Fleet.Spdm;
using Fleet.Spdm.Messages;
using Fleet.Spdm.Sessions;

namespace Fleet.Simulator.Spdm;

/// <summary>KEY_EXCHANGE, FINISH and END_SESSION, with the handshake in the clear and without mutual authentication; one session at a time.</summary>
internal sealed class SessionHandler(ResponderOptions options, MeasurementHandler measurements)
{
    // One element of DSP0277: version 1.2 of secured messages is selected.
    private static readonly byte[] Selected = [0, 0, 4, 0, 1, 0, 0, 0x12];

    /// <summary>Whether a request may come once a session was begun.</summary>
    public static bool Serves(SpdmCode code) => code is SpdmCode.Finish or SpdmCode.GetMeasurements or SpdmCode.EndSession or SpdmCode.RespondIfReady or SpdmCode.ChunkGet;

    public byte[] Exchange(Connection connection, ReadOnlyMemory<byte> request)
    {
        Negotiated negotiated = connection.Negotiated!;
        if (!options.Sessions || !negotiated.HandshakeInTheClear)
        {
            throw new Refused(ErrorCodes.UnsupportedRequest, (byte)SpdmCode.KeyExchange);
        }

        Refused.Unless(KeyExchangeRequest.TryParse(request, negotiated, out KeyExchangeRequest? asked, out ReadOnlyMemory<byte> exact));
        SlotCredential? credential = connection.Slot(asked!.Slot);
        Refused.Unless(credential is not null && asked.Summary is 0 or 1 or 0xFF && negotiated.CipherKeySize > 0);
        ushort group = negotiated.Selection.Tables.First(table => table.Type == 2).Bits;
        using EcdhAgreement ours = new(group);
        byte[]? secret = ours.Secret(asked.ExchangeData);
        Refused.Unless(secret is not null);

        const ushort Id = 0xFFFE;
        ResponseBuilder builder = new ResponseBuilder(connection.Version, SpdmCode.KeyExchangeResponse)
            .UInt16(Id).Byte(0).Byte(0).Bytes(RandomNumberGenerator.GetBytes(32)).Bytes(ours.ExchangeData.Span);
        if (asked.Summary != 0 && negotiated.MeasurementCapability != 0)
        {
            builder.Bytes(measurements.Summary(connection, asked.Summary));
        }

        byte[] opaque = connection.Version >= SpdmVersion.V12 ? [1, 0, 0, 0, .. Selected] : [0x46, 0x54, 0x4D, 0x44, 1, 1, 0, 0, .. Selected];
        byte[] covered = builder.UInt16(opaque.Length).Bytes(opaque).ToArray();
        byte[] chain = SpdmAlgorithms.Hash(negotiated.Selection.BaseHash, credential!.Chain(connection.Version, negotiated.Selection.BaseHash));
        byte[] th = [.. connection.A, .. negotiated.MultiKey ? connection.FirstDigests : [], .. chain, .. exact.Span, .. covered];
        byte[] signature = measurements.Sign(connection, credential, SpdmSignature.KeyExchangeContext, th);
        connection.NullB();
        connection.L = [];
        connection.Session = new(negotiated, secret!, [.. th, .. signature], asked.SessionId, Id);
        return [.. covered, .. signature];
    }

    public byte[] Finish(Connection connection, ReadOnlyMemory<byte> request)
    {
        if (connection.Session is not { Requests: null } session)
        {
            throw new Refused(ErrorCodes.UnexpectedRequest);
        }

        Refused.Unless(FinishMessage.TryParse(request, connection.Negotiated!, SpdmCode.Finish, out FinishMessage? finish));
        if (!session.TryTakeFinish(finish!))
        {
            connection.Session = null;
            throw new Refused(ErrorCodes.DecryptError);
        }

        byte[] answer = session.WriteFinishResponse();
        Refused.Unless(FinishMessage.TryParse(answer, connection.Negotiated!, SpdmCode.FinishResponse, out FinishMessage? response) && session.TryTakeFinishResponse(response));
        return answer;
    }

    public static byte[] End(Connection connection, ReadOnlyMemory<byte> request)
    {
        SpdmResponder.Exact(request, 4);
        if (connection.Session?.Requests is null)
        {
            throw new Refused(ErrorCodes.UnexpectedRequest);
        }

        connection.Session = null;
        connection.L = [];
        return [(byte)connection.Version, (byte)SpdmCode.EndSessionAck, 0, 0];
    }
}
