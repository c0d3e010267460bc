using System.Buffers.Binary;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>
/// The registers of a mailbox as one caller has them to itself: they behave as hardware does (PCI Express Base, sections 6.30 and
/// 7.9.24), but that what is sent and received comes and goes whole. Knows no device; every call is safe from any thread.
/// </summary>
internal sealed class RegisterSet(int maximumDwords)
{
    private readonly Lock _gate = new();
    private readonly List<uint> _inbound = [];
    private uint[] _response = [];
    private byte[]? _sent;
    private int _at;
    private int _overflow;
    private uint _control;
    private bool _interrupt;
    private bool _error;
    private bool _onTheWire;
    private bool _aborting;
    private long _flight;
    private long _flights;

    /// <summary>True while an exchange of this caller waits or runs.</summary>
    public bool InFlight
    {
        get
        {
            lock (_gate)
            {
                return _flight is not 0;
            }
        }
    }

    /// <summary>True when something would be lost with the registers: a response not read, or an object not sent.</summary>
    public bool HoldsData
    {
        get
        {
            lock (_gate)
            {
                return Ready || _inbound.Count > 0;
            }
        }
    }

    private bool Ready => _at < _response.Length;

    /// <summary>The value of a register, by its offset from the capability's header.</summary>
    public uint Read(int register)
    {
        lock (_gate)
        {
            return register switch
            {
                DoeRegisters.Control => _control,
                DoeRegisters.Status => Status(),
                DoeRegisters.ReadData when Ready => _response[_at],
                _ => 0,
            };
        }
    }

    /// <summary>What a whole-dword write does.</summary>
    public RegisterEffect Write(int register, uint value)
    {
        lock (_gate)
        {
            switch (register)
            {
                case DoeRegisters.Control:
                    return WriteControl(value);
                case DoeRegisters.Status when (value & DoeRegisters.StatusInterrupt) != 0:
                    _interrupt = false;
                    break;
                case DoeRegisters.WriteData when _inbound.Count < maximumDwords:
                    _inbound.Add(value);
                    break;
                case DoeRegisters.WriteData:
                    _overflow++;
                    break;
                case DoeRegisters.ReadData when Ready:
                    Advance();
                    break;
                default:
                    break; // Status is read-only but for its RW1C bits, and without a response there is nothing to advance.
            }

            return default;
        }
    }

    /// <summary>The real Go was written: from now on the caller sees Busy for its own request.</summary>
    public void Went(long flight)
    {
        lock (_gate)
        {
            _onTheWire |= flight == _flight;
        }
    }

    /// <summary>The response came whole.</summary>
    public void Arrive(long flight, DoeFeature feature, ReadOnlySpan<byte> payload) => End(flight, DoeObject.Encode(feature, payload), failed: false);

    /// <summary>There will be no response.</summary>
    public void Fail(long flight) => End(flight, [], failed: true);

    /// <summary>Go never happened (its caller was interrupted, or it was refused): the object lies in the write mailbox as before.</summary>
    public void Withdraw(long flight)
    {
        lock (_gate)
        {
            if (flight == _flight && _sent is { } sent && !_aborting && _inbound.Count is 0)
            {
                _inbound.AddRange(Dwords(sent));
            }

            if (flight == _flight)
            {
                Land();
            }
        }
    }

    private uint Status() =>
        (_onTheWire || _aborting ? DoeRegisters.StatusBusy : 0) | (_interrupt ? DoeRegisters.StatusInterrupt : 0)
        | (_error ? DoeRegisters.StatusError : 0) | (Ready ? DoeRegisters.StatusReady : 0);

    private RegisterEffect WriteControl(uint value)
    {
        _control = value & DoeRegisters.ControlPreserve;
        if ((value & DoeRegisters.ControlAbort) != 0)
        {
            return Abort(); // Go with Abort is Abort.
        }

        return (value & DoeRegisters.ControlGo) != 0 ? Go() : default;
    }

    private RegisterEffect Abort()
    {
        _inbound.Clear();
        _overflow = 0;
        _response = [];
        _at = 0;
        _error = false;
        _aborting = _flight is not 0;
        return _aborting ? new RegisterEffect(EffectKind.Abort, _flight) : default;
    }

    private RegisterEffect Go()
    {
        uint[] dwords = [.. _inbound];
        int count = dwords.Length + _overflow;
        _inbound.Clear();
        _overflow = 0;
        if (_flight is not 0)
        {
            return new RegisterEffect(EffectKind.Discard, Note: "it said Go while its last request was still under way");
        }

        if (count > maximumDwords)
        {
            Raise(error: true);
            return new RegisterEffect(EffectKind.Discard, Note: $"its object of {count} dwords is longer than the {maximumDwords} taken here");
        }

        // A count of dwords that is not the one the header states is dropped without a sign (6.30.1).
        if (dwords.Length < DoeHeader.Dwords || !DoeHeader.TryLength(dwords[1], out int stated) || stated != dwords.Length)
        {
            return new RegisterEffect(EffectKind.Discard, Note: dwords.Length < DoeHeader.Dwords
                ? $"it wrote {dwords.Length} dwords, and an object has at least {DoeHeader.Dwords}"
                : $"it wrote {dwords.Length} dwords and stated {dwords[1] & (DoeHeader.MaximumDwords - 1)}");
        }

        _response = []; // What it has not read of the response before is over with the next request.
        _at = 0;
        _error = false;
        _sent = Bytes(dwords);
        _flight = ++_flights;
        return new RegisterEffect(EffectKind.Go, _flight, _sent);
    }

    private void Advance()
    {
        if (++_at == _response.Length)
        {
            _response = [];
            _at = 0;
        }
    }

    private void End(long flight, byte[] response, bool failed)
    {
        lock (_gate)
        {
            if (flight != _flight)
            {
                return;
            }

            if (!_aborting)
            {
                _response = Dwords(response);
                _at = 0;
                Raise(failed);
            }

            Land();
        }
    }

    private void Land()
    {
        _flight = 0;
        _sent = null;
        _onTheWire = false;
        _aborting = false;
    }

    /// <summary>Ready and Error rising are what raises an interrupt, where it is enabled.</summary>
    private void Raise(bool error)
    {
        _error = error;
        _interrupt |= (_control & DoeRegisters.ControlInterrupt) != 0;
    }

    private static byte[] Bytes(uint[] dwords)
    {
        byte[] bytes = new byte[dwords.Length * 4];
        for (int i = 0; i < dwords.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), dwords[i]);
        }

        return bytes;
    }

    private static uint[] Dwords(byte[] bytes)
    {
        uint[] dwords = new uint[bytes.Length / 4];
        for (int i = 0; i < dwords.Length; i++)
        {
            dwords[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * 4));
        }

        return dwords;
    }
}
