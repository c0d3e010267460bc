using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding;

namespace Fleet.Pci.Tests;

public sealed class BaseAddressTests
{
    [Fact]
    public void Decode_A64BitBaseAddress_TakesTheNextRegisterAsItsUpperHalf()
    {
        byte[] header = new byte[64];
        header[0] = 0x86;
        header[0x10] = 0x04; // 64-bit memory; its upper half looks like a 32-bit one.
        header[0x14] = 0x40;
        header[0x18] = 0x01; // I/O.
        ConfigImage image = new(256);
        image.Store(0, header);

        DecodedBlock block = ConfigDecoder.Decode(image, new CapabilityList([], []))[0];

        DecodedRegisterValue upper = block.Registers.Single(register => register.Offset == 0x14);
        Assert.Equal("Base address 0, upper half", upper.Name);
        Assert.Empty(upper.Fields);
        Assert.Equal("Base address 2", block.Registers.Single(register => register.Offset == 0x18).Name);
    }

    [Fact]
    public void Decode_TheLastBaseAddressSays64Bit_NoRegisterBehindItIsTouched()
    {
        byte[] header = new byte[64];
        header[0x24] = 0x04;
        ConfigImage image = new(256);
        image.Store(0, header);

        DecodedBlock block = ConfigDecoder.Decode(image, new CapabilityList([], []))[0];

        Assert.Equal("CardBus CIS pointer", block.Registers.Single(register => register.Offset == 0x28).Name);
    }
}
