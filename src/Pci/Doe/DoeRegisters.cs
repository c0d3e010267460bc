namespace Fleet.Pci.Doe;

/// <summary>
/// Registers of the Data Object Exchange capability (PCI Express Base, section 7.9.24), as offsets from its header.
/// Status must be tested by mask: bit 4 is set on sound idle drives, so "not zero" does not mean busy.
/// </summary>
public static class DoeRegisters
{
    /// <summary>Extended capability header.</summary>
    public const int Header = 0x00;

    /// <summary>Capabilities.</summary>
    public const int Capabilities = 0x04;

    /// <summary>Control.</summary>
    public const int Control = 0x08;

    /// <summary>Status.</summary>
    public const int Status = 0x0c;

    /// <summary>Write data mailbox: every write appends one dword to the request.</summary>
    public const int WriteData = 0x10;

    /// <summary>Read data mailbox: a read shows the current dword, a write of any value advances to the next.</summary>
    public const int ReadData = 0x14;

    /// <summary>Length of the capability.</summary>
    public const int BlockSize = 0x18;

    /// <summary>Control: drop what is in flight. Reads as 0.</summary>
    public const uint ControlAbort = 1u << 0;

    /// <summary>Control: raise an interrupt when a response or an error comes.</summary>
    public const uint ControlInterrupt = 1u << 1;

    /// <summary>Control: bits that belong to others (interrupt enable and revision 2) and survive every write of ours.</summary>
    public const uint ControlPreserve = 0xeu;

    /// <summary>Control: the request is complete. Reads as 0.</summary>
    public const uint ControlGo = 1u << 31;

    /// <summary>Status: cannot take a request now, or an abort is still being processed.</summary>
    public const uint StatusBusy = 1u << 0;

    /// <summary>Status: interrupt status, write 1 to clear.</summary>
    public const uint StatusInterrupt = 1u << 1;

    /// <summary>Status: the last object failed; cleared by an abort.</summary>
    public const uint StatusError = 1u << 2;

    /// <summary>Status: a response is waiting in the read mailbox.</summary>
    public const uint StatusReady = 1u << 31;
}
