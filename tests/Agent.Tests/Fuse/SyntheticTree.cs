using System.Buffers.Binary;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>A directory laid out like /sys/bus/pci with three functions: two with a DOE mailbox at 0x100, one conventional.</summary>
internal sealed class SyntheticTree : IDisposable
{
    public const string First = "0000:00:01.0";
    public const string Second = "0000:00:02.0";
    public const string Conventional = "0000:00:03.0";

    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("mirror-test-");

    public SyntheticTree()
    {
        Directory.CreateDirectory(Mountpoint);
        Directory.CreateDirectory(Path.Combine(Root, "slots"));
        Add(First, Config(4096), "nvme");
        Add(Second, Config(4096), "nvme");
        Add(Conventional, Config(256), null);
        // The tools of an ordinary user must be able to walk in.
        File.SetUnixFileMode(_place.FullName, (UnixFileMode)0b111_101_101);
    }

    public string Root => Path.Combine(_place.FullName, "tree");

    public string Mountpoint => Path.Combine(_place.FullName, "mirror");

    public string ConfigOf(string address) => $"{Mountpoint}/devices/{address}/config";

    public void Dispose() => _place.Delete(recursive: true);

    private static byte[] Config(int size)
    {
        byte[] bytes = new byte[size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0x1100_1af4);
        bytes[0x06] = 0x10; // status: capability list
        bytes[0x08] = 0x01; // revision
        bytes[0x0a] = 0x08; // class 0108
        bytes[0x0b] = 0x01;
        bytes[0x34] = 0x40;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(0x40), 0x0003_0001); // power management
        if (size > 256)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(0x100), 0x0002_002e); // data object exchange, last
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(size - 4), 0x1234_5678);
        }

        return bytes;
    }

    private void Add(string address, byte[] config, string? driver)
    {
        DirectoryInfo directory = Directory.CreateDirectory(Path.Combine(Root, "devices", address));
        (string Name, string Text)[] attributes =
        [
            ("vendor", "0x1af4\n"), ("device", "0x1100\n"), ("class", "0x010802\n"), ("irq", "11\n"), ("revision", "0x01\n"),
            ("resource", ""), ("subsystem_vendor", "0x1af4\n"), ("subsystem_device", "0x1100\n"), ("numa_node", "-1\n"), ("remove", ""),
        ];
        foreach ((string name, string text) in attributes)
        {
            File.WriteAllText(Path.Combine(directory.FullName, name), text);
        }

        File.WriteAllBytes(Path.Combine(directory.FullName, "config"), config);
        if (driver is not null)
        {
            Directory.CreateDirectory(Path.Combine(Root, "drivers", driver));
            File.CreateSymbolicLink(Path.Combine(directory.FullName, "driver"), $"../../drivers/{driver}");
        }
    }
}
