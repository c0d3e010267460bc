using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware.Mailboxes;

namespace Fleet.Simulator.Hardware.Capabilities;

/// <summary>Places capabilities one behind the other, each list in its own space, mailboxes where they ask to be.</summary>
internal static class CapabilityLayout
{
    private const int ConventionalStart = 0x40;
    private const int ExtendedStart = 0x100;
    private const int CapabilityPointer = 0x34;
    private const uint DoeCapability = 0x2e;
    private const uint RevisionTwo = 1u << 12; // Attention mechanism support.

    public static void Place(RegisterFile registers, IReadOnlyList<CapabilityPart> parts, IReadOnlyList<MailboxModel> mailboxes)
    {
        PlaceConventional(registers, parts.Where(p => !p.Extended));
        PlaceExtended(registers, parts.Where(p => p.Extended), mailboxes);
    }

    private static void PlaceConventional(RegisterFile registers, IEnumerable<CapabilityPart> parts)
    {
        int pointer = CapabilityPointer;
        int free = ConventionalStart;
        foreach (CapabilityPart part in parts)
        {
            Claim(free, part.Length, ExtendedStart);
            registers.Define8(pointer, (byte)free);
            registers.Define8(free, (byte)part.Id);
            part.Define(registers, free);
            pointer = free + 1;
            free += (part.Length + 3) & ~3;
        }
    }

    private static void PlaceExtended(RegisterFile registers, IEnumerable<CapabilityPart> parts, IReadOnlyList<MailboxModel> mailboxes)
    {
        List<(int Offset, uint Header)> chain = [];
        int free = ExtendedStart;
        foreach (CapabilityPart part in parts)
        {
            Claim(free, part.Length, mailboxes is [MailboxModel first, ..] ? first.Offset : registers.Size);
            part.Define(registers, free);
            chain.Add((free, ((uint)part.Version << 16) | part.Id));
            free += (part.Length + 0xf) & ~0xf;
        }

        foreach (MailboxModel mailbox in mailboxes)
        {
            registers.Define32(mailbox.Offset + DoeRegisters.Capabilities, 1 | (mailbox.Version >= 2 ? RevisionTwo : 0));
            chain.Add((mailbox.Offset, ((uint)mailbox.Version << 16) | DoeCapability));
        }

        for (int i = 0; i < chain.Count; i++)
        {
            uint next = i + 1 < chain.Count ? (uint)chain[i + 1].Offset : 0;
            registers.Define32(chain[i].Offset, chain[i].Header | (next << 20));
        }
    }

    private static void Claim(int offset, int length, int end)
    {
        if (offset + length > end)
        {
            throw new InvalidOperationException($"The capabilities of this model need more space than there is before {end:x3}.");
        }
    }
}
