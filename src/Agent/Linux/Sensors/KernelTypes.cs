using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Where members are in the running kernel's structures, from its own type information (BTF). A probe that follows a pointer needs
/// them: they differ from one kernel to the next.
/// </summary>
internal sealed class KernelTypes
{
    private const string Place = "/sys/kernel/btf/vmlinux";
    private const int MostBytes = 64 * 1024 * 1024; // distributions have some 5 MiB
    private const int MostTypes = 2_000_000;
    private const int MostDepth = 8;
    private const int HeaderSize = 24;
    private const int TypeSize = 12;
    private const int MemberSize = 12;
    private const ushort Magic = 0xeb9f;
    private const uint Structure = 4;
    private const uint Union = 5;

    private readonly byte[] _bytes;
    private readonly int _strings;
    private readonly int _stringsEnd;
    private readonly List<int> _types;

    private KernelTypes(byte[] bytes, int strings, int stringsEnd, List<int> types)
    {
        _bytes = bytes;
        _strings = strings;
        _stringsEnd = stringsEnd;
        _types = types;
    }

    /// <summary>Reads the kernel's; null when it was built without, or they are not as they should be.</summary>
    public static KernelTypes? TryRead()
    {
        if (!Posix.TryOpen(Place, Native.OpenReadOnly, out SafeFileHandle file, out _))
        {
            return null;
        }

        using (file)
        {
            if (!Posix.TryStat(Place, follow: true, out FileStatus status) || status.Size > MostBytes)
            {
                return null;
            }

            byte[] bytes = new byte[status.Size];
            int total = 0;
            int count;
            while (total < bytes.Length && (count = Posix.Read(file, bytes.AsSpan(total))) > 0)
            {
                total += count;
            }

            return TryParse(bytes);
        }
    }

    /// <summary>Finds the types in the bytes; every length in them is checked.</summary>
    public static KernelTypes? TryParse(byte[] bytes)
    {
        if (bytes.Length < HeaderSize || BinaryPrimitives.ReadUInt16LittleEndian(bytes) is not Magic)
        {
            return null;
        }

        long header = Word(bytes, 4);
        long types = header + Word(bytes, 8);
        long typesEnd = types + Word(bytes, 12);
        long strings = header + Word(bytes, 16);
        long stringsEnd = strings + Word(bytes, 20);
        if (typesEnd > bytes.Length || stringsEnd > bytes.Length)
        {
            return null;
        }

        List<int> places = [0]; // type 0 is void
        for (long at = types; at + TypeSize <= typesEnd && places.Count < MostTypes;)
        {
            if (Tail(Word(bytes, (int)at + 4)) is not { } tail || at + TypeSize + tail > typesEnd)
            {
                return null;
            }

            places.Add((int)at);
            at += TypeSize + tail;
        }

        return new KernelTypes(bytes, (int)strings, (int)stringsEnd, places);
    }

    /// <summary>Bytes from the start of a structure to its member, also one inside a nameless part; null when there is none.</summary>
    public int? OffsetOf(string structure, string member)
    {
        byte[] name = Encoding.ASCII.GetBytes(structure);
        byte[] wanted = Encoding.ASCII.GetBytes(member);
        for (int id = 1; id < _types.Count; id++)
        {
            int at = _types[id];
            if (Kind(at) is Structure && NameIs(Word(_bytes, at), name) && Find(at, wanted, 0) is { } offset)
            {
                return offset;
            }
        }

        return null;
    }

    private int? Find(int at, ReadOnlySpan<byte> member, int depth)
    {
        uint info = Word(_bytes, at + 4);
        bool bitfields = info >> 31 is not 0;
        for (int i = 0, place = at + TypeSize; i < (int)(info & 0xffff); i++, place += MemberSize)
        {
            uint bits = Word(_bytes, place + 8);
            int offset = (int)((bitfields ? bits & 0xff_ffff : bits) / 8);
            uint named = Word(_bytes, place);
            if (NameIs(named, member))
            {
                return offset;
            }

            uint type = Word(_bytes, place + 4);
            if (NameIs(named, []) && type < _types.Count && type > 0 && depth < MostDepth
                && Kind(_types[(int)type]) is Structure or Union && Find(_types[(int)type], member, depth + 1) is { } inner)
            {
                return offset + inner;
            }
        }

        return null;
    }

    private bool NameIs(uint offset, ReadOnlySpan<byte> name)
    {
        long start = _strings + (long)offset;
        return start + name.Length < _stringsEnd && _bytes[start + name.Length] is 0
            && _bytes.AsSpan((int)start, name.Length).SequenceEqual(name);
    }

    private uint Kind(int at) => (Word(_bytes, at + 4) >> 24) & 0x1f;

    /// <summary>How many bytes follow a type of this kind (Documentation/bpf/btf.rst); null for a kind that is not known.</summary>
    private static int? Tail(uint info)
    {
        int count = (int)(info & 0xffff);
        return ((info >> 24) & 0x1f) switch
        {
            1 or 14 or 17 => 4, // int, variable, tag of a declaration
            3 => 12, // array
            Structure or Union or 15 or 19 => 12 * count, // and data section, 64-bit enumeration
            6 or 13 => 8 * count, // enumeration, prototype
            2 or 7 or 8 or 9 or 10 or 11 or 12 or 16 or 18 => 0,
            _ => null,
        };
    }

    private static uint Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
}
