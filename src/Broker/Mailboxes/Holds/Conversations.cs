using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>Tells what a request is from its feature and its first bytes.</summary>
internal static class Conversations
{
    private const ushort PciSig = 0x0001;
    private const byte GetVersion = 0x84;
    private const byte EndSession = 0xec;

    /// <summary>Looks at a request's payload; the SPDM request code is its second byte.</summary>
    public static Conversation Of(DoeFeature feature, ReadOnlySpan<byte> payload) => feature switch
    {
        not { Vendor: PciSig, Type: >= 0x01 and <= 0x04 } => Conversation.None,
        _ when feature != DoeFeature.CmaSpdm || payload.Length < 2 => Conversation.Continues,
        _ => payload[1] switch
        {
            GetVersion => Conversation.Opens,
            EndSession => Conversation.Closes,
            _ => Conversation.Continues,
        },
    };
}
