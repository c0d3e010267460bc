using Fleet.Simulator.Hardware.Capabilities;
using Fleet.Simulator.Hardware.Mailboxes;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Hardware;

/// <summary>Lays out the registers of a function: its header, its capabilities, its mailboxes.</summary>
internal static class FunctionFactory
{
    /// <param name="model">What it is.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="vendors">Who certifies its SPDM responders; null for a vendor made for this function alone.</param>
    /// <param name="host">The host it is in, which its serial number names.</param>
    public static SimulatedFunction Make(FunctionModel model, TimeProvider time, VendorStore? vendors = null, string host = "sim")
    {
        RegisterFile registers = new(4096);
        DefineHeader(registers, model);
        DefineBars(registers, model.Bars);
        if (model.Bridge is { } bridge)
        {
            DefineBridge(registers, model.Address.Bus, bridge);
        }
        else
        {
            registers.Define16(0x2c, model.SubsystemVendor);
            registers.Define16(0x2e, model.SubsystemDevice);
        }

        foreach (MailboxModel mailbox in model.Mailboxes)
        {
            mailbox.Spdm?.BelongTo(() => (vendors ?? new VendorStore(null, time)).Certify(model, host), mailbox.Secured);
        }

        CapabilityLayout.Place(registers, model.Parts, model.Mailboxes);
        return new SimulatedFunction(model.Address, registers, [.. model.Mailboxes.Select(m => new SimulatedMailbox(m, time))]);
    }

    private static void DefineHeader(RegisterFile registers, FunctionModel model)
    {
        registers.Define16(0x00, model.Vendor);
        registers.Define16(0x02, model.Device);
        registers.Define16(0x04, 0x0406, writable: 0x0547); // Memory and bus master on, INTx off.
        registers.Define16(0x06, (ushort)(model.Parts.Count > 0 ? 0x0010 : 0), clearable: 0xf900); // Capability list; error bits are RW1C.
        registers.Define32(0x08, (model.ClassCode << 8) | model.Revision);
        registers.Define8(0x0c, 0x10, writable: 0xff);
        registers.Define8(0x0e, (byte)(model.Bridge is null ? 0 : 1));
        registers.Define8(0x3c, (byte)model.Irq, writable: 0xff);
        registers.Define8(0x3d, (byte)(model.Irq is 0 ? 0 : 1));
    }

    private static void DefineBars(RegisterFile registers, IReadOnlyList<BarModel> bars)
    {
        foreach (BarModel bar in bars)
        {
            int place = 0x10 + (bar.Index * 4);
            ulong mask = ~(bar.Size - 1);
            uint flags = (bar.Wide ? 0x4u : 0) | (bar.Prefetchable ? 0x8u : 0);
            registers.Define32(place, (uint)bar.Base | flags, writable: (uint)mask);
            if (bar.Wide)
            {
                registers.Define32(place + 4, (uint)(bar.Base >> 32), writable: (uint)(mask >> 32));
            }
        }
    }

    private static void DefineBridge(RegisterFile registers, byte primary, BridgeModel bridge)
    {
        registers.Define8(0x18, primary, writable: 0xff);
        registers.Define8(0x19, bridge.Secondary, writable: 0xff);
        registers.Define8(0x1a, bridge.Subordinate, writable: 0xff);
        registers.Define16(0x1c, 0x00f0, writable: 0xf0f0); // I/O window closed: base above limit.
        registers.Define16(0x1e, 0x0000, clearable: 0xf900);
        registers.Define32(0x20, Window(bridge.Memory), writable: 0xfff0_fff0);
        registers.Define32(0x24, Window(bridge.Prefetchable) | 0x0001_0001, writable: 0xfff0_fff0);
        if (!bridge.Prefetchable.Empty)
        {
            registers.Define32(0x28, (uint)(bridge.Prefetchable.Start >> 32), writable: 0xffff_ffff);
            registers.Define32(0x2c, (uint)((bridge.Prefetchable.End - 1) >> 32), writable: 0xffff_ffff);
        }

        registers.Define16(0x3e, 0x0003, writable: 0x0fff);
    }

    /// <summary>Base and limit in megabytes, both inclusive; a closed window has its base above its limit.</summary>
    private static uint Window(MemoryWindow window) => window.Empty
        ? 0x0000_fff0
        : ((uint)(window.Start >> 16) & 0xfff0) | (uint)((window.End - 1) & 0xfff0_0000);
}
