using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware;

/// <summary>Lays out the registers of a function: header, power management, MSI, PCI Express, MSI-X, AER and DOE.</summary>
internal static class FunctionFactory
{
    private const int Pm = 0x40;
    private const int Msi = 0x50;
    private const int Express = 0x70;
    private const int MsiX = 0xb0;
    private const int Aer = 0x100;
    private const int Nowhere = 0x400;
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(2);

    public static SimulatedFunction Make(FunctionModel model, TimeProvider time)
    {
        RegisterFile registers = new(4096);
        DefineHeader(registers, model);
        DefineConventional(registers, model);
        DefineAer(registers, model.Doe ?? 0);
        List<SimulatedMailbox> mailboxes = [];
        if (model.Doe is { } doe)
        {
            registers.Define32(doe + DoeRegisters.Header, 0x0002_0000 | 0x2e);
            registers.Define32(doe + DoeRegisters.Capabilities, 0x0000_1001);
            mailboxes.Add(new SimulatedMailbox(doe, model.Responders, Latency, time, model.Fault));
        }

        Break(registers, model.ConfigFault);
        return new SimulatedFunction(model.Address, registers, mailboxes);
    }

    private static void Break(RegisterFile registers, ConfigFault fault)
    {
        switch (fault)
        {
            case ConfigFault.Loop:
                registers.Define8(Pm + 1, Pm);
                registers.Define16(Aer + 2, (Aer << 4) | 2);
                break;
            case ConfigFault.Truncated:
                registers.Define16(Aer + 2, (Nowhere << 4) | 2);
                registers.Define32(Nowhere, 0xffff_ffff);
                break;
            default:
                break;
        }
    }

    private static void DefineHeader(RegisterFile registers, FunctionModel model)
    {
        registers.Define16(0x00, model.Vendor);
        registers.Define16(0x02, model.Device);
        registers.Define16(0x04, 0x0406, writable: 0x0547); // Memory and bus master on, INTx off.
        registers.Define16(0x06, 0x0010, clearable: 0xf900); // Capability list; error bits are RW1C.
        registers.Define32(0x08, (model.ClassCode << 8) | model.Revision);
        registers.Define8(0x0c, 0x10, writable: 0xff);
        registers.Define8(0x34, Pm);
        registers.Define8(0x3c, (byte)model.Irq, writable: 0xff);
        registers.Define8(0x3d, 1);
        if (model.SecondaryBus is { } bus)
        {
            registers.Define8(0x0e, 0x01);
            registers.Define8(0x18, model.Address.Bus, writable: 0xff);
            registers.Define8(0x19, bus, writable: 0xff);
            registers.Define8(0x1a, bus, writable: 0xff);
            registers.Define16(0x1c, 0x00f0, writable: 0xf0f0); // I/O window closed: base above limit.
            registers.Define16(0x1e, 0x0000, clearable: 0xf900);
            registers.Define32(0x20, 0xfe00_fe00 + ((uint)(bus - 1) * 0x0010_0010), writable: 0xfff0_fff0);
            registers.Define32(0x24, 0x0001_fff1, writable: 0xfff0_fff0); // Prefetchable window closed.
            registers.Define16(0x3e, 0x0003, writable: 0x0fff);
            return;
        }

        if (model.BarSize > 0)
        {
            registers.Define32(0x10, (uint)model.BarBase | 0x4, writable: ~(model.BarSize - 1));
            registers.Define32(0x14, (uint)(model.BarBase >> 32), writable: 0xffff_ffff);
        }

        registers.Define16(0x2c, model.SubsystemVendor);
        registers.Define16(0x2e, model.SubsystemDevice);
    }

    private static void DefineConventional(RegisterFile registers, FunctionModel model)
    {
        bool port = model.SecondaryBus is not null;
        registers.Define32(Pm, 0x0003_0001 | (Msi << 8));
        registers.Define32(Pm + 4, 0x0000_0008, writable: 0x0000_0003); // No soft reset; the power state may be written.
        registers.Define32(Msi, 0x0080_0005 | (Express << 8), writable: 0x0071_0000);
        registers.Define32(Msi + 4, 0, writable: 0xffff_fffc);
        registers.Define32(Msi + 8, 0, writable: 0xffff_ffff);
        registers.Define16(Msi + 12, 0, writable: 0xffff);

        bool vectors = !port && model.BarSize > 0;
        registers.Define32(Express, (port ? 0x0142_0010u : 0x0002_0010u) | (vectors ? (uint)MsiX << 8 : 0));
        registers.Define32(Express + 0x04, port ? 0x0000_8001u : 0x1000_8fe2u);
        registers.Define16(Express + 0x08, 0x2810, writable: 0xffff);
        registers.Define16(Express + 0x0a, 0x0000, clearable: 0x000f);
        registers.Define32(Express + 0x0c, port ? 0x0007_3844u : 0x0007_f844u | ((uint)model.Address.Device << 24));
        registers.Define16(Express + 0x10, 0x0040, writable: 0x0fff);
        registers.Define16(Express + 0x12, (ushort)(port ? 0x3044 : 0x1044));
        if (port)
        {
            registers.Define32(Express + 0x14, ((uint)model.Address.Device << 19) | 0x40);
            registers.Define32(Express + 0x18, 0x0040_0000, writable: 0x0000_1fff, clearable: 0x011f_0000);
            registers.Define32(Express + 0x1c, 0, writable: 0x0000_001f);
        }

        registers.Define32(Express + 0x24, 0x0000_001f);
        registers.Define16(Express + 0x28, 0x0009, writable: 0xffff);
        registers.Define32(Express + 0x2c, 0x0000_001e);
        registers.Define16(Express + 0x30, 0x0004, writable: 0xffff);
        registers.Define16(Express + 0x32, 0x001e);
        if (vectors)
        {
            registers.Define32(MsiX, 0x8020_0011, writable: 0xc000_0000); // 33 vectors, enabled.
            registers.Define32(MsiX + 4, 0x0000_3000);
            registers.Define32(MsiX + 8, 0x0000_2000);
        }
    }

    private static void DefineAer(RegisterFile registers, int next)
    {
        registers.Define32(Aer, 0x0002_0001 | ((uint)next << 20));
        registers.Define32(Aer + 0x04, 0, clearable: 0x0fff_f030);
        registers.Define32(Aer + 0x08, 0, writable: 0x0fff_f030);
        registers.Define32(Aer + 0x0c, 0x0046_2030, writable: 0x0fff_f030);
        registers.Define32(Aer + 0x10, 0, clearable: 0x0000_f1c1);
        registers.Define32(Aer + 0x14, 0x0000_e000, writable: 0x0000_f1c1);
        registers.Define32(Aer + 0x18, 0x0000_00a0, writable: 0x0000_0140);
    }
}
