using System.Buffers.Binary;

namespace Fleet.Pci.Doe;

/// <summary>Moves one request and its response through the registers. Used once.</summary>
internal sealed class DoeTransfer(DoePort port, TimeProvider time, int maximumDwords)
{
    private readonly long _start = time.GetTimestamp();
    private byte[] _response = [];
    private string _note = "";

    /// <summary>True from the moment a dword of ours may be in the mailbox.</summary>
    public bool Begun { get; private set; }

    /// <summary>True when something lies behind the response.</summary>
    public bool MoreBehind { get; private set; }

    public DoeOutcome Fail(DoeProblem problem) => new(problem.Failure, [], time.GetElapsedTime(_start), problem.Detail);

    public DoeOutcome Finish(string detail) => new(null, _response, time.GetElapsedTime(_start), detail + _note);

    /// <summary>Writes the object dword by dword, then Go. The length field and the count written must agree.</summary>
    public DoeProblem? Send(DoeFeature feature, ReadOnlySpan<byte> payload, CancellationToken ct)
    {
        ReadOnlySpan<byte> bytes = DoeObject.Encode(feature, payload);
        while (!bytes.IsEmpty)
        {
            ct.ThrowIfCancellationRequested();
            DoeProblem? problem = port.Write(DoeRegisters.WriteData, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            Begun |= problem is null or { Failure: DoeFailure.AccessFailed };
            if (problem is not null)
            {
                return problem;
            }

            bytes = bytes[4..];
        }

        return port.Command(DoeRegisters.ControlGo);
    }

    /// <summary>Waits for the response and reads it.</summary>
    public async Task<DoeProblem?> ReceiveAsync(DoeFeature feature, CancellationToken ct) =>
        await AwaitReadyAsync(ct) ?? ReadHeader(feature, out int dwords) ?? ReadPayload(dwords, ct) ?? CheckEnd();

    private async Task<DoeProblem?> AwaitReadyAsync(CancellationToken ct)
    {
        DoePoll poll = new(time, DoeRequester.Limit);
        while (true)
        {
            if (CheckStatus(out bool ready) is { } problem)
            {
                return problem;
            }

            if (ready)
            {
                return null;
            }

            if (poll.Expired)
            {
                return new(DoeFailure.Timeout, $"{port.Place} did not respond within {DoeRequester.Limit.TotalSeconds:0} s.");
            }

            await poll.WaitAsync(ct);
        }
    }

    private DoeProblem? ReadHeader(DoeFeature expected, out int dwords)
    {
        dwords = 0;
        if (port.Read(DoeRegisters.ReadData, out uint first) is { } problem)
        {
            return problem;
        }

        DoeFeature found = DoeHeader.FeatureOf(first);
        if (found != expected)
        {
            // Not acknowledged: the dword stays in place for whoever it belongs to, as far as the abort leaves it.
            return CheckStillReady() ?? new(DoeFailure.ForeignResponse, $"{port.Place} answered {expected} with {found}.");
        }

        // A mailbox that lost its response reads 0, which would be the length of the largest object.
        problem = Acknowledge() ?? port.Read(DoeRegisters.ReadData, out uint second)
            ?? CheckLength(second, out dwords) ?? CheckStillReady();
        return problem ?? Acknowledge();
    }

    private DoeProblem? CheckLength(uint second, out int dwords)
    {
        bool possible = DoeHeader.TryLength(second, out dwords);
        if (possible && dwords <= maximumDwords)
        {
            return null;
        }

        return CheckStillReady() ?? (possible
            ? new(DoeFailure.TooLong, $"The response of {port.Place} has {dwords} dwords; the limit is {maximumDwords}.")
            : new(DoeFailure.LengthMismatch, $"The response of {port.Place} states {dwords} dwords, less than its own header."));
    }

    private DoeProblem? ReadPayload(int dwords, CancellationToken ct)
    {
        byte[] bytes = new byte[(dwords - DoeHeader.Dwords) * 4];
        for (int place = 0; place < bytes.Length; place += 4)
        {
            ct.ThrowIfCancellationRequested();
            DoeProblem? problem = port.Read(DoeRegisters.ReadData, out uint value);
            bool last = place + 4 == bytes.Length;
            problem ??= last ? CheckStillReady() : null;
            problem ??= Acknowledge();
            if (problem is not null)
            {
                return problem;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(place), value);
        }

        _response = bytes;
        return null;
    }

    /// <summary>What follows the stated length may be somebody else's object, so it is reported and left alone.</summary>
    private DoeProblem? CheckEnd()
    {
        DoeProblem? problem = CheckStatus(out bool ready);
        if (problem is null && ready)
        {
            MoreBehind = true;
            _note = " More data is waiting behind the response.";
        }

        return problem;
    }

    private DoeProblem? CheckStillReady() =>
        CheckStatus(out bool ready)
        ?? (ready ? null : new(DoeFailure.Underflow, $"The response of {port.Place} ended before its stated length."));

    private DoeProblem? CheckStatus(out bool ready)
    {
        DoeProblem? problem = port.ReadStatus(out uint status);
        ready = problem is null && (status & DoeRegisters.StatusReady) != 0;
        return problem is null && (status & DoeRegisters.StatusError) != 0
            ? new(DoeFailure.ErrorLatched, $"{port.Place} reported an error (status {status:x8}).")
            : problem;
    }

    private DoeProblem? Acknowledge() => port.Write(DoeRegisters.ReadData, 0);
}
