using Fleet.Pci.Cxl;
using Fleet.Pci.Doe;

namespace Fleet.Fuzz.Tests.Pci;

public sealed class CdatFuzzTests
{
    [Fact]
    public Task TryParse_AnyBytes_AccountsForEveryByte() => FuzzLoop.RunAsync("Cdat", random =>
    {
        byte[] bytes = new byte[random.Next(400)];
        random.NextBytes(bytes);
        Shape(bytes, random);

        bool parsed = CdatTable.TryParse(bytes, out CdatTable table);

        Assert.Equal(bytes.Length >= CdatHeader.Size, parsed);
        int end = CdatHeader.Size;
        foreach (CdatStructure structure in table.Structures)
        {
            Assert.Equal(end, structure.Offset);
            Assert.True(structure is not CdatUnknown unknown || unknown.Hex.Length == structure.Length * 2);
            end += structure.Length;
        }

        Assert.True(!parsed || end == bytes.Length || table.Findings.Length > 0, "what was not read is said");
    });

    [Fact]
    public Task Reader_AnyDevice_Ends() => FuzzLoop.RunAsync("CdatReader", async random =>
    {
        int exchanges = 0;
        CdatReadResult result = await CdatReader.RunAsync(
            (_, _, _) =>
            {
                exchanges++;
                byte[] payload = new byte[random.Next(20) is 0 ? random.Next(8) : exchanges is 1 ? 20 : 4 * random.Next(2, 100)];
                random.NextBytes(payload);
                payload.AsSpan(0, Math.Min(2, payload.Length)).Clear();
                return Task.FromResult(new DoeOutcome(random.Next(200) is 0 ? DoeFailure.Timeout : null, payload, TimeSpan.Zero, ""));
            },
            CancellationToken.None);

        Assert.Equal(exchanges, result.Entries);
        Assert.InRange(result.Bytes.Length, 0, CdatTable.MaximumSize);
        Assert.NotEmpty(result.Detail);
    });

    /// <summary>Random bytes are hardly ever structures: half of them get types and lengths that lead on.</summary>
    private static void Shape(byte[] bytes, Random random)
    {
        for (int place = CdatHeader.Size; random.Next(10) != 0 && place + 4 <= bytes.Length;)
        {
            byte type = (byte)random.Next(8);
            int length = type switch { 0 or 1 or 4 => 24, 2 => 20, 3 => 8, 5 => 16 + (8 * random.Next(4)), _ => 4 + random.Next(40) };
            length = random.Next(8) is 0 ? random.Next(64) : length;
            bytes[place] = type;
            bytes[place + 2] = (byte)length;
            bytes[place + 3] = 0;
            place += Math.Max(length, 4);
        }
    }
}
