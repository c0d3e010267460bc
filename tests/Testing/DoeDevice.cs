using System.Buffers.Binary;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Testing;

/// <summary>
/// A function with one mailbox that behaves as the specification says, and wrongly in the ways a test asks for. Its
/// delays run on the given time. Safe for one thread.
/// </summary>
public sealed class DoeDevice(TimeProvider time, int mailbox = 0x100) : IConfigSpace
{
    private readonly List<uint> _request = [];
    private readonly Queue<uint> _response = new();
    private DateTimeOffset _readyAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _abortDoneAt = DateTimeOffset.MinValue;
    private bool _gone;
    private int _acknowledged;

    public PciAddress Address { get; } = new(0, 0x41, 0, 0);

    public int Size => 0x1000;

    public DoeFault Faults { get; set; }

    /// <summary>Time from Go to the response.</summary>
    public TimeSpan ResponseDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Time an abort takes.</summary>
    public TimeSpan AbortDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Busy at the beginning until then.</summary>
    public DateTimeOffset BusyUntil { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Status bits that are simply set (revision 2: At Attention is bit 4).</summary>
    public uint StatusExtra { get; init; } = 0x10;

    /// <summary>Error is latched until an abort.</summary>
    public bool Error { get; set; }

    /// <summary>The capability's header dword.</summary>
    public uint Header { get; set; } = 0x0002_002e;

    /// <summary>Bits 1 to 3 of Control as they are now.</summary>
    public uint ControlBits { get; set; } = 0x6;

    /// <summary>Makes the response payload out of feature and request payload.</summary>
    public Func<DoeFeature, byte[], byte[]> Respond { get; init; } = (_, payload) => payload;

    /// <summary>Changes the dwords of a response before they can be read.</summary>
    public Action<List<uint>>? Tamper { get; init; }

    /// <summary>Aborts seen.</summary>
    public int Aborts { get; private set; }

    /// <summary>Dwords written to the write mailbox over all requests.</summary>
    public int DwordsWritten { get; private set; }

    /// <summary>Dwords acknowledged over all responses.</summary>
    public int DwordsAcknowledged { get; private set; }

    /// <summary>Puts a response into the read mailbox that nobody asked for.</summary>
    public void LeaveResponse(DoeFeature feature, byte[] payload) => Load(feature, payload);

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        uint value = _gone ? uint.MaxValue : offset == mailbox ? Header : ReadRegister(offset - mailbox);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, value);
        return ConfigResult.Done(4);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        if (Faults.HasFlag(DoeFault.ReadOnly))
        {
            return ConfigResult.Failed(ConfigStatus.ReadOnly);
        }

        if (!_gone)
        {
            WriteRegister(offset - mailbox, BinaryPrimitives.ReadUInt32LittleEndian(source));
        }

        return ConfigResult.Done(4);
    }

    private bool Ready => _response.Count > 0 && time.GetUtcNow() >= _readyAt;

    private bool Busy => Faults.HasFlag(DoeFault.BusyForever) || time.GetUtcNow() < BusyUntil || time.GetUtcNow() < _abortDoneAt;

    private uint ReadRegister(int register) => register switch
    {
        DoeRegisters.Capabilities => 0x1001,
        DoeRegisters.Control => ControlBits,
        DoeRegisters.Status => StatusExtra | (Busy ? DoeRegisters.StatusBusy : 0) | (Error ? DoeRegisters.StatusError : 0)
            | (Ready ? DoeRegisters.StatusReady : 0),
        DoeRegisters.ReadData => Ready ? _response.Peek() : 0,
        _ => 0,
    };

    private void WriteRegister(int register, uint value)
    {
        switch (register)
        {
            case DoeRegisters.Control:
                ControlBits = value & DoeRegisters.ControlPreserve;
                if ((value & DoeRegisters.ControlAbort) != 0)
                {
                    Abort();
                }

                if ((value & DoeRegisters.ControlGo) != 0)
                {
                    Go();
                }

                break;
            case DoeRegisters.WriteData:
                DwordsWritten++;
                _request.Add(value);
                break;
            case DoeRegisters.ReadData when Ready:
                Acknowledge();
                break;
            default:
                break;
        }
    }

    private void Abort()
    {
        Aborts++;
        _request.Clear();
        _response.Clear();
        Error = false;
        _abortDoneAt = Faults.HasFlag(DoeFault.DeadAbort) ? DateTimeOffset.MaxValue : time.GetUtcNow() + AbortDelay;
    }

    private void Go()
    {
        byte[] bytes = new byte[_request.Count * 4];
        for (int i = 0; i < _request.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), _request[i]);
        }

        _request.Clear();
        _gone |= Faults.HasFlag(DoeFault.VanishAtGo);
        Error |= Faults.HasFlag(DoeFault.ErrorOnGo);

        // A count of dwords that differs from the length field is discarded without a sign.
        if (!DoeObject.TryDecode(bytes, out DoeHeader header, out ReadOnlySpan<byte> payload) || Error || Faults.HasFlag(DoeFault.SilentDiscard))
        {
            return;
        }

        DoeFeature feature = Faults.HasFlag(DoeFault.ForeignResponse) ? new DoeFeature(0x1234, 0x56) : header.Feature;
        Load(feature, Respond(header.Feature, payload.ToArray()));
        _readyAt = time.GetUtcNow() + ResponseDelay;
    }

    private void Load(DoeFeature feature, byte[] payload)
    {
        byte[] bytes = DoeObject.Encode(feature, payload);
        List<uint> dwords = [];
        for (int place = 0; place < bytes.Length; place += 4)
        {
            dwords.Add(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(place)));
        }

        Tamper?.Invoke(dwords);
        _response.Clear();
        _acknowledged = 0;
        _readyAt = DateTimeOffset.MinValue;
        dwords.ForEach(_response.Enqueue);
    }

    private void Acknowledge()
    {
        DwordsAcknowledged++;
        _response.Dequeue();
        if (++_acknowledged == 3)
        {
            _gone |= Faults.HasFlag(DoeFault.VanishInResponse);
            if (Faults.HasFlag(DoeFault.DropReady))
            {
                _response.Clear();
            }
        }
    }
}
