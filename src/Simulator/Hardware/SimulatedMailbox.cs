using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware;

/// <summary>
/// The device's side of a DOE capability (PCI Express Base, section 6.30): collects an object dword by dword, answers it after Go,
/// hands the response out dword by dword. Called under the function's lock.
/// </summary>
internal sealed class SimulatedMailbox(
    int offset, IReadOnlyList<IDoeResponder> responders, TimeSpan latency, TimeProvider time, MailboxFault fault)
{
    private const int LargestObject = 1 << 18;
    private const uint VersionTwoStatus = 1u << 4; // At Attention, as idle revision 2 devices report it.
    private readonly List<uint> _inbound = [];
    private readonly Queue<uint> _outbound = new();
    private uint _control;
    private bool _error;
    private long? _answerAt;
    private uint[] _answer = [];
    private int _handedOut;
    private bool _stuck;

    public int Offset => offset;

    public MailboxFault Fault => fault;

    /// <summary>True once the fault "gone" has struck.</summary>
    public bool Vanished { get; private set; }

    public IReadOnlyList<DoeFeature> Features { get; } = [DoeFeature.Discovery, .. responders.Select(r => r.Feature)];

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
        VersionTwoStatus
        | (_answerAt is not null || _stuck ? DoeRegisters.StatusBusy : 0)
        | (_error ? DoeRegisters.StatusError : 0)
        | (_outbound.Count > 0 ? DoeRegisters.StatusReady : 0);

    private void WriteControl(uint value)
    {
        _control = value & DoeRegisters.ControlPreserve;
        if ((value & DoeRegisters.ControlAbort) != 0)
        {
            _inbound.Clear();
            _outbound.Clear();
            _answerAt = null;
            _error = false;
            _stuck = fault is MailboxFault.AbortNeverCompletes;
        }
        else if ((value & DoeRegisters.ControlGo) != 0)
        {
            Take();
        }
    }

    private void Take()
    {
        uint[] request = [.. _inbound];
        _inbound.Clear();
        if (fault is MailboxFault.Gone)
        {
            Vanished = true;
            return;
        }

        // An object whose length is not what its header says is dropped without a word (6.30.1).
        uint length = request.Length < 2 ? 0 : request[1] & 0x3_ffff;
        if (request.Length < 2 || (length is 0 ? LargestObject : (int)length) != request.Length
            || fault is MailboxFault.NeverAnswers or MailboxFault.AbortNeverCompletes)
        {
            return;
        }

        uint[]? payload = fault is MailboxFault.AlwaysError ? null : Answer(request);
        if (payload is null)
        {
            _error = true;
            return;
        }

        uint header = fault is MailboxFault.ForeignResponse ? 0xffu << 16 | 0x1u : request[0] & 0xff_ffff;
        _answer = [header, (uint)(payload.Length + 2), .. payload];
        _answerAt = time.GetTimestamp();
    }

    private void Settle()
    {
        if (_answerAt is not { } since || time.GetElapsedTime(since) < latency)
        {
            return;
        }

        _answerAt = null;
        _handedOut = 0;
        foreach (uint value in _answer)
        {
            _outbound.Enqueue(value);
        }
    }

    private void Advance()
    {
        if (!_outbound.TryDequeue(out _))
        {
            return;
        }

        _handedOut++;
        if (fault is MailboxFault.Underflow && _handedOut is 2)
        {
            _outbound.Clear();
        }
    }

    private uint[]? Answer(ReadOnlySpan<uint> request)
    {
        DoeFeature feature = new((ushort)request[0], (byte)(request[0] >> 16));
        return feature == DoeFeature.Discovery
            ? Discover(request[2..])
            : responders.FirstOrDefault(r => r.Feature == feature)?.Answer(request[2..].ToArray());
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
        uint next = !last ? (uint)index + 1 : fault is MailboxFault.DiscoveryLoop ? 1u : 0u;
        DoeFeature feature = Features[index];
        return [feature.Vendor | ((uint)feature.Type << 16) | (next << 24)];
    }
}
