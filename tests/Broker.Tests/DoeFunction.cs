using System.Buffers.Binary;
using Fleet.Pci;

namespace Fleet.Broker.Tests;

/// <summary>
/// A function with a DOE mailbox at 0x150 that speaks discovery and CMA/SPDM, where it echoes the request. It answers when
/// told to (Hold), never answers (Mute), or never finishes an abort (Stuck).
/// </summary>
internal sealed class DoeFunction : IConfigSpace
{
    public const int Offset = 0x150;

    private const uint Busy = 1;
    private const uint Ready = 0x8000_0000;

    private readonly Lock _gate = new();
    private readonly List<uint> _request = [];
    private readonly Queue<uint> _response = new();
    private bool _held;
    private uint _status;

    public PciAddress Address { get; } = PciAddress.Parse("0000:01:00.0");

    public int Size => 4096;

    public bool Hold { get; set; }

    public bool Mute { get; set; }

    public bool Stuck { get; set; }

    public int Exchanges { get; private set; }

    public int Aborts { get; private set; }

    /// <summary>Accesses that reached it.</summary>
    public int Cycles { get; private set; }

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        lock (_gate)
        {
            Cycles++;
            destination.Clear();
            for (int at = (4 - (offset & 3)) & 3; at + 4 <= destination.Length; at += 4)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(destination[at..], Register(offset + at - Offset));
            }

            return ConfigResult.Done(destination.Length);
        }
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        lock (_gate)
        {
            Cycles++;
            uint value = source.Length == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(source) : 0;
            switch (offset - Offset)
            {
                case 0x08 when (value & 1) != 0:
                    Aborts++;
                    _request.Clear();
                    _response.Clear();
                    _held = false;
                    _status = Stuck ? Busy : 0;
                    break;
                case 0x08 when (value & Ready) != 0 && !Mute:
                    _held = Hold;
                    _status = _held ? Busy : 0;
                    Respond();
                    break;
                case 0x10:
                    _request.Add(value);
                    break;
                case 0x14:
                    _response.TryDequeue(out _);
                    break;
                default:
                    break;
            }

            return ConfigResult.Done(source.Length);
        }
    }

    /// <summary>Puts a response there that nobody asked for.</summary>
    public void Leave(params uint[] dwords)
    {
        lock (_gate)
        {
            Array.ForEach(dwords, _response.Enqueue);
        }
    }

    public void Answer()
    {
        lock (_gate)
        {
            _held = false;
            _status = 0;
        }
    }

    private uint Register(int register) => register switch
    {
        0x00 => 0x0001_002e,
        0x0c => _status | (_response.Count > 0 && !_held ? Ready : 0),
        0x14 => _response.Count > 0 && !_held ? _response.Peek() : 0,
        _ => 0,
    };

    private void Respond()
    {
        Exchanges++;
        uint[] request = [.. _request];
        _request.Clear();
        bool discovery = request[0] == 0x0000_0001;
        uint[] payload = discovery ? [(request[2] & 0xff) is 0 ? 0x0100_0001u : 0x0001_0001u] : request[2..];
        uint[] response = [request[0], (uint)payload.Length + 2, .. payload];
        foreach (uint dword in response)
        {
            _response.Enqueue(dword);
        }
    }
}
