using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Fleet.Broker;

/// <summary>A caller's identity as it lies in the file; cells name it by its index. Written once, then State becomes Ready.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = Bytes)]
internal struct CallerSlot
{
    public const int Bytes = 512;
    private const int ExeBytes = 336;
    private const int UnitBytes = 144;

    public int State;
    public uint Uid;
    private ushort _exeLength;
    private ushort _unitLength;
    private uint _check;
    private ExeText _exe;
    private UnitText _unit;

    /// <summary>Writes the identity; long texts keep their end, where executables and units differ.</summary>
    public void Store(string exe, uint uid, string unit)
    {
        Uid = uid;
        _exeLength = Encode(exe, _exe);
        _unitLength = Encode(unit, _unit);
        _check = Check();
        Volatile.Write(ref State, JournalCell.Ready);
    }

    /// <summary>Reads the identity; false when the slot is empty or torn.</summary>
    public readonly bool TryLoad(out string exe, out uint uid, out string unit)
    {
        exe = "";
        unit = "";
        uid = Uid;
        if (State != JournalCell.Ready || _exeLength > ExeBytes || _unitLength > UnitBytes || _check != Check())
        {
            return false;
        }

        exe = Encoding.UTF8.GetString(((ReadOnlySpan<byte>)_exe)[.._exeLength]);
        unit = Encoding.UTF8.GetString(((ReadOnlySpan<byte>)_unit)[.._unitLength]);
        return true;
    }

    private static ushort Encode(string text, Span<byte> target)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        ReadOnlySpan<byte> kept = bytes.AsSpan(Math.Max(0, bytes.Length - target.Length));
        kept.CopyTo(target);
        return (ushort)kept.Length;
    }

    /// <summary>FNV-1a over everything that <see cref="Store"/> wrote.</summary>
    private readonly uint Check()
    {
        uint hash = 2_166_136_261;
        hash = (hash ^ Uid) * 16_777_619;
        hash = (hash ^ _exeLength) * 16_777_619;
        hash = (hash ^ _unitLength) * 16_777_619;
        foreach (byte value in ((ReadOnlySpan<byte>)_exe)[..Math.Min((int)_exeLength, ExeBytes)])
        {
            hash = (hash ^ value) * 16_777_619;
        }

        foreach (byte value in ((ReadOnlySpan<byte>)_unit)[..Math.Min((int)_unitLength, UnitBytes)])
        {
            hash = (hash ^ value) * 16_777_619;
        }

        return hash;
    }

    [InlineArray(ExeBytes)]
    private struct ExeText
    {
        private byte _first;
    }

    [InlineArray(UnitBytes)]
    private struct UnitText
    {
        private byte _first;
    }
}
