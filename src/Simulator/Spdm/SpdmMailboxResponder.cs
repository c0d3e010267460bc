using System.Buffers.Binary;
using System.Collections.Immutable;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware.Mailboxes;

namespace Fleet.Simulator.Spdm;

/// <summary>The SPDM responder behind a mailbox. Its keys and certificates are made when it is first asked, so that a fleet that nobody attests costs none.</summary>
internal sealed class SpdmMailboxResponder : IDoeResponder
{
    private SpdmResponder? _responder;
    private Func<SlotCredential>? _certify;
    private SlotCredential? _credential;
    private bool _sessions;
    private ResponderFault _fault;

    public DoeFeature Feature => DoeFeature.CmaSpdm;

    /// <summary>What is wrong with it. Setting it restarts the responder: it has forgotten its connection, and is the same device.</summary>
    public ResponderFault Fault
    {
        get => _fault;
        set => (_fault, _responder) = (value, null);
    }

    /// <summary>Says whose responder it is.</summary>
    /// <param name="certify">Makes or finds the certificate of the function.</param>
    /// <param name="secured">Takes the secured messages of its sessions; null where it has none.</param>
    public void BelongTo(Func<SlotCredential> certify, SessionResponder? secured)
    {
        (_certify, _sessions) = (certify, secured is not null);
        secured?.BelongTo(this);
    }

    public uint[]? Answer(uint[] payload) => ToDwords(Responder().Answer(ToBytes(payload)));

    /// <summary>Answers a record of the session that is open; null where it opens in none.</summary>
    public uint[]? AnswerSecured(uint[] payload) => _responder?.AnswerSecured(ToBytes(payload)) is { } answer ? ToDwords(answer) : null;

    private static byte[] ToBytes(uint[] payload)
    {
        byte[] bytes = new byte[payload.Length * 4];
        for (int i = 0; i < payload.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), payload[i]);
        }

        return bytes;
    }

    private static uint[] ToDwords(byte[] answer)
    {
        uint[] dwords = new uint[(answer.Length + 3) / 4];
        byte[] padded = [.. answer, .. new byte[(dwords.Length * 4) - answer.Length]];
        for (int i = 0; i < dwords.Length; i++)
        {
            dwords[i] = BinaryPrimitives.ReadUInt32LittleEndian(padded.AsSpan(i * 4));
        }

        return dwords;
    }

    private SpdmResponder Responder()
    {
        _credential ??= _certify?.Invoke() ?? throw new InvalidOperationException("An SPDM responder was asked before it belonged to a function.");
        return _responder ??= new(new ResponderOptions
        {
            Credentials = [_credential],
            Sessions = _sessions,
            Faults = _fault == ResponderFault.None ? ImmutableHashSet<ResponderFault>.Empty : [_fault],
        });
    }
}
