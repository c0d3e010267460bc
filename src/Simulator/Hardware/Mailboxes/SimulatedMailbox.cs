using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Hardware.Mailboxes;

/// <summary>
/// The device's side of a DOE capability (PCI Express Base, section 6.30): collects an object dword by dword, answers it after Go,
/// hands the response out dword by dword. Its quirks say where it deviates. Called under the function's lock.
/// </summary>
internal sealed class SimulatedMailbox(MailboxModel model, TimeProvider time)
{
    private const int LargestObject = 1 << 18;
    private const uint AtAttention = 1u << 4; // As idle revision 2 devices report it.
    private readonly List<uint> _inbound = [];
    private readonly Queue<uint> _outbound = new();
    private MailboxQuirks _quirks = MailboxQuirks.None;
    private MailboxFault _fault;
    private uint _control;
    private bool _error;
    private (long Since, TimeSpan Takes)? _work;
    private uint[] _answer = [];
    private uint[] _before = [];
    private int _handedOut;

    public int Offset => model.Offset;

    public IReadOnlyList<DoeFeature> Features { get; } = model.Features;

    /// <summary>The SPDM responder behind it; null where there is none.</summary>
    public SpdmMailboxResponder? Spdm => model.Spdm;

    /// <summary>What is wrong with it. Setting it begins the fault anew and makes a mailbox that vanished answer again.</summary>
    public MailboxFault Fault
    {
        get => _fault;
        set
        {
            _fault = value;
            _quirks = FaultCatalog.Of(value);
            Reset();
            _error = _quirks.ErrorAtFirst;
            if (_quirks.Stray)
            {
                _inbound.Add(0xdead_d0e5);
            }
        }
    }

    /// <summary>True once the function stopped answering.</summary>
    public bool Vanished { get; private set; }

    /// <summary>True once the function was pulled out.</summary>
    public bool Unplugged { get; private set; }

    /// <summary>The value of a register of the block, by its offset in the block.</summary>
    public uint Read(int register)
    {
        Settle();
        return register switch
        {
            DoeRegisters.Control => _control,
            DoeRegisters.Status => Status(),
            DoeRegisters.ReadData => _outbound.TryPeek(out uint value) ? value : 0,
            _ => 0,
        };
    }

    /// <summary>What a whole-dword write to a register of the block does.</summary>
    public void Write(int register, uint value)
    {
        Settle();
        switch (register)
        {
            case DoeRegisters.Control:
                WriteControl(value);
                break;
            case DoeRegisters.WriteData when _inbound.Count < LargestObject:
                _inbound.Add(value);
                break;
            case DoeRegisters.ReadData:
                Advance();
                break;
        }
    }

    private uint Status() =>
        (model.Version >= 2 ? AtAttention : 0)
        | _quirks.Status
        | (_work is not null || _quirks.Busy ? DoeRegisters.StatusBusy : 0)
        | (_error ? DoeRegisters.StatusError : 0)
        | (_outbound.Count > 0 ? DoeRegisters.StatusReady : 0);

    private void WriteControl(uint value)
    {
        _control = value & DoeRegisters.ControlPreserve;
        if ((value & DoeRegisters.ControlAbort) != 0)
        {
            Reset();
            _work = _quirks.AbortTime == TimeSpan.Zero ? null : (time.GetTimestamp(), _quirks.AbortTime);
        }
        else if ((value & DoeRegisters.ControlGo) != 0)
        {
            Take();
        }
    }

    private void Reset()
    {
        _inbound.Clear();
        _outbound.Clear();
        _answer = [];
        _work = null;
        _error = false;
        Vanished = Unplugged = false;
    }

    private void Take()
    {
        uint[] request = [.. _quirks.LosesDword ? _inbound.SkipLast(1) : _inbound];
        _inbound.Clear();
        _handedOut = 0;
        LeaveWhenDue();

        // An object whose length is not what its header says is dropped without a word (6.30.1).
        uint length = request.Length < 2 ? 0 : request[1] & 0x3_ffff;
        if (Vanished || _quirks.Silent || request.Length < 2 || (length is 0 ? LargestObject : (int)length) != request.Length)
        {
            return;
        }

        uint[]? payload = _quirks.ErrorOnGo ? null : Answer(request);
        if (payload is null)
        {
            _error = true;
            return;
        }

        uint feature = request[0] & 0xff_ffff;
        uint[] own = [_quirks.OtherFeature ? 0xffu << 16 | 0x1u : feature, (uint)(payload.Length + 2), .. payload];
        _answer = _quirks.OneBehind ? Earlier(feature) : own;
        _before = own;
        _work = (time.GetTimestamp(), model.Latency);
    }

    /// <summary>The response to the request before, under the feature that was asked for.</summary>
    private uint[] Earlier(uint feature) => _before is [_, .. uint[] rest] ? [feature, .. rest] : [feature, 2];

    private void Settle()
    {
        if (_work is not { } work || work.Takes == Timeout.InfiniteTimeSpan || time.GetElapsedTime(work.Since) < work.Takes)
        {
            return;
        }

        _work = null;
        foreach (uint value in _answer)
        {
            _outbound.Enqueue(value);
        }

        _answer = [];
    }

    private void Advance()
    {
        if (!_outbound.TryDequeue(out _))
        {
            return;
        }

        _handedOut++;
        LeaveWhenDue();
        if (_quirks.ReadyDropsAfter == _handedOut)
        {
            _outbound.Clear();
        }
    }

    private void LeaveWhenDue()
    {
        Vanished |= _quirks.VanishesAfter == _handedOut;
        Unplugged |= _quirks.UnpluggedAfter == _handedOut;
    }

    private uint[]? Answer(ReadOnlySpan<uint> request)
    {
        DoeFeature feature = new((ushort)request[0], (byte)(request[0] >> 16));
        return feature == DoeFeature.Discovery
            ? Discover(request[2..])
            : model.Responders.FirstOrDefault(r => r.Feature == feature)?.Answer(request[2..].ToArray());
    }

    private uint[]? Discover(ReadOnlySpan<uint> payload)
    {
        if (payload.Length != 1)
        {
            return null;
        }

        int index = (int)(payload[0] & 0xff);
        if (index >= Features.Count)
        {
            return [0x00ff_ffff]; // Vendor ffff says that nothing is there.
        }

        bool last = index == Features.Count - 1;
        uint next = !last ? (uint)index + 1 : _quirks.DiscoveryLoops ? 1u : 0u;
        DoeFeature feature = Features[index];
        uint entry = feature.Vendor | ((uint)feature.Type << 16) | (next << 24);
        return _quirks.WideDiscovery ? [entry, LargestObject - 1] : [entry];
    }
}
