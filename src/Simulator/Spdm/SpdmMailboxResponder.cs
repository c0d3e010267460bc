using System.Buffers.Binary;
using System.Globalization;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Mailboxes;

namespace Fleet.Simulator.Spdm;

/// <summary>The SPDM responder behind a mailbox. Its keys and certificates are made when it is first asked, so that a fleet that nobody attests costs none.</summary>
internal sealed class SpdmMailboxResponder : IDoeResponder
{
    private const uint EcdsaP256 = 0x10;

    private SpdmResponder? _responder;
    private FunctionModel? _model;
    private TimeProvider _time = TimeProvider.System;

    public DoeFeature Feature => DoeFeature.CmaSpdm;

    /// <summary>Says whose responder it is; the certificates name the function.</summary>
    public void BelongTo(FunctionModel model, TimeProvider time) => (_model, _time) = (model, time);

    public uint[]? Answer(uint[] payload)
    {
        byte[] request = new byte[payload.Length * 4];
        for (int i = 0; i < payload.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(i * 4), payload[i]);
        }

        _responder ??= Make();
        byte[] answer = _responder.Answer(request);
        uint[] dwords = new uint[(answer.Length + 3) / 4];
        Span<byte> padded = new byte[dwords.Length * 4];
        answer.CopyTo(padded);
        for (int i = 0; i < dwords.Length; i++)
        {
            dwords[i] = BinaryPrimitives.ReadUInt32LittleEndian(padded[(i * 4)..]);
        }

        return dwords;
    }

    private SpdmResponder Make()
    {
        FunctionModel model = _model ?? throw new InvalidOperationException("An SPDM responder was asked before it belonged to a function.");
        CredentialFactory vendor = new(EcdsaP256, _time.GetUtcNow(), string.Create(CultureInfo.InvariantCulture, $"Simulated {model.Vendor:x4}"));
        DeviceNames names = DeviceNames.Of(model, model.Address.ToString());
        return new(new ResponderOptions { Credentials = [vendor.Make(0, names)] });
    }
}
