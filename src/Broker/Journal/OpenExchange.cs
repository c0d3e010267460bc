using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>An exchange under way, as it lies in the header page: what the next life finds there was cut off by a crash.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = Bytes)]
internal struct OpenExchange
{
    public const int Bytes = 48;
    public const int Slots = 64;

    /// <summary>Where in the header page the slots begin; they fill it to its end.</summary>
    public const int Start = JournalLayout.HeaderBytes - (Slots * Bytes);

    public int State;
    public uint Domain;
    public ushort BusDeviceFunction;
    public ushort Offset;
    public ushort Vendor;
    public byte Type;

    /// <summary>1 once Go was written.</summary>
    public byte Went;

    public int Pid;
    public CommBytes Comm;

    public readonly bool IsFor(PciAddress function, int offset) =>
        State is JournalCell.Ready && Domain == function.Domain && BusDeviceFunction == JournalKey.Pack(function) && Offset == offset;

    public void Fill(PciAddress function, int offset, DoeFeature feature, Caller caller)
    {
        Domain = function.Domain;
        BusDeviceFunction = JournalKey.Pack(function);
        Offset = (ushort)offset;
        (Vendor, Type, Went, Pid) = (feature.Vendor, feature.Type, 0, caller.Pid);
        Comm = default;
        _ = Encoding.UTF8.TryGetBytes(caller.Comm, Comm, out _); // A name that does not fit is left out.
    }

    /// <summary>What is reported of it. The bytes may be torn: a name is cut at its first zero and anything odd in it is replaced.</summary>
    public readonly InterruptedExchange Describe()
    {
        ReadOnlySpan<byte> name = Comm;
        int end = name.IndexOf((byte)0);
        string comm = Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
        return new InterruptedExchange(
            new DoeFeature(Vendor, Type), string.Concat(comm.Select(c => char.IsControl(c) ? '?' : c)), Pid, Went is not 0);
    }

    /// <summary>A process's name: the kernel's has at most 15 bytes.</summary>
    [InlineArray(Length)]
    internal struct CommBytes
    {
        public const int Length = 16;

        private byte _first;
    }
}
