namespace Fleet.Simulator.Hardware.Faults;

/// <summary>Spoils the registers of a function in the way of a fault.</summary>
internal static class ConfigBreaker
{
    private const int Extended = 0x100;
    private const int Nowhere = 0xc00;
    private const int LastDword = 0xffc;
    private const uint DoeHeader = 0x0002_002e;

    public static RegisterFile Break(RegisterFile sound, ConfigFault fault)
    {
        if (fault is ConfigFault.Conventional)
        {
            return sound.Copy(Extended);
        }

        RegisterFile registers = sound.Copy(sound.Size);
        int first = registers[0x34];
        switch (fault)
        {
            case ConfigFault.Loop:
                registers.Define8(first + 1, (byte)first);
                Link(registers, Extended, Extended);
                break;
            case ConfigFault.Truncated:
                Link(registers, Extended, Nowhere);
                registers.Define32(Nowhere, uint.MaxValue);
                break;
            case ConfigFault.Broken:
                registers.Define8(first + 1, 0x10);
                Link(registers, Extended, 0x40);
                break;
            case ConfigFault.Misaligned:
                registers.Define8(first + 1, (byte)(registers[first + 1] | 3));
                Link(registers, Extended, (int)(registers.Read32(Extended) >> 20) | 3);
                break;
            case ConfigFault.NoCapability:
                registers.Define8(registers[first + 1], 0xff);
                break;
            case ConfigFault.NullId:
                registers.Define16(Extended, 0);
                break;
            case ConfigFault.Overlap:
                registers.Define32(Extended + 4, registers.Read32((int)(registers.Read32(Extended) >> 20)));
                Link(registers, Extended, Extended + 4);
                break;
            case ConfigFault.PastEnd:
                Link(registers, Extended, LastDword);
                registers.Define32(LastDword, DoeHeader);
                break;
            case ConfigFault.BadLength:
                registers.Define16(Extended, 0x000b);
                registers.Define32(Extended + 4, (2u << 20) | 0x1_0001);
                break;
            case ConfigFault.StartUnreadable:
                registers.Define32(Extended, uint.MaxValue);
                break;
            case ConfigFault.Alias:
                for (int offset = Extended; offset < registers.Size; offset++)
                {
                    registers.Define8(offset, registers[offset % Extended]);
                }

                break;
            case ConfigFault.UnknownHeader:
                registers.Define8(0x0e, 0x05);
                break;
            case ConfigFault.TooMany:
                for (int i = 0; i < 600; i++)
                {
                    registers.Define32(Extended + (i * 4), ((uint)(Extended + ((i + 1) * 4)) << 20) | 0x1_0018);
                }

                break;
            case ConfigFault.AllOnes or ConfigFault.AllZero:
                for (int offset = 0; offset < registers.Size; offset++)
                {
                    registers.Define8(offset, fault is ConfigFault.AllOnes ? (byte)0xff : (byte)0);
                }

                break;
        }

        return registers;
    }

    private static void Link(RegisterFile registers, int from, int to) =>
        registers.Define16(from + 2, (ushort)((to << 4) | ((int)(registers.Read32(from) >> 16) & 0xf)));
}
