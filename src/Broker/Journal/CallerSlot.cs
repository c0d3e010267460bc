using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Fleet.Broker;

/// <summary>A caller's identity as it lies in the file; cells name it by its index. Written once, then State becomes Ready.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = Bytes)]
internal struct CallerSlot
{
    public const int Bytes = 512;
    private const int ExeBytes = 304;
    private const int UnitBytes = 144;

    private const int HashBytes = 32;

    public int State;
    public uint Uid;
    private ushort _exeLength;
    private ushort _unitLength;
    private uint _check;
    private HashText _hash;
    private ExeText _exe;
    private UnitText _unit;

    /// <summary>Writes the identity; long texts keep their end, where executables and units differ.</summary>
    public void Store(in CallerIdentity identity)
    {
        Uid = identity.Uid;
        Span<byte> hash = _hash;
        hash.Clear();
        if (identity.ExeHash.Length is HashBytes * 2)
        {
            Convert.FromHexString(identity.ExeHash, hash, out _, out _);
        }

        _exeLength = Encode(identity.Exe, _exe);
        _unitLength = Encode(identity.Unit, _unit);
        _check = Check();
        Volatile.Write(ref State, JournalCell.Ready);
    }

    /// <summary>Reads the identity; false when the slot is empty or torn.</summary>
    public readonly bool TryLoad(out CallerIdentity identity)
    {
        identity = new CallerIdentity("", "", Uid, "");
        if (State != JournalCell.Ready || _exeLength > ExeBytes || _unitLength > UnitBytes || _check != Check())
        {
            return false;
        }

        ReadOnlySpan<byte> hash = _hash;
        identity = new CallerIdentity(
            Encoding.UTF8.GetString(((ReadOnlySpan<byte>)_exe)[.._exeLength]),
            hash.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(hash) : "",
            Uid,
            Encoding.UTF8.GetString(((ReadOnlySpan<byte>)_unit)[.._unitLength]));
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
        foreach (byte value in (ReadOnlySpan<byte>)_hash)
        {
            hash = (hash ^ value) * 16_777_619;
        }

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

    [InlineArray(HashBytes)]
    private struct HashText
    {
        private byte _first;
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
