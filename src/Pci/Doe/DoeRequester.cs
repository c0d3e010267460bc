namespace Fleet.Pci.Doe;

// In this room: DoeRequester says in which order things happen and who cleans up; DoeTransfer moves an object through
// the registers; DoePort is the registers; DoeDiscovery runs on top of any exchange.

/// <summary>
/// Exchanges data objects with one mailbox (PCI Express Base, section 6.30). It never aborts what it did not start,
/// leaves the bits of others alone, believes no length a device states, and cleans up after its own failures.
/// One exchange at a time: the owner serialises.
/// </summary>
/// <param name="space">The function.</param>
/// <param name="offset">Offset of the DOE capability.</param>
/// <param name="time">Time for limits and waiting.</param>
public sealed class DoeRequester(IConfigSpace space, int offset, TimeProvider time)
{
    /// <summary>How long a mailbox may stay busy, take to respond, or take to abort.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    // Within such a burst a capability does not move: that takes a hot-plug, a firmware update or SR-IOV, each far longer and with
    // Status reading all ones in between. So every exchange but the first of a burst costs what the protocol does, and no cycle more.
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    private readonly DoePort _port = new(space, offset);
    private long? _sound;
    private bool _leftover;
    private int _inUse;

    /// <summary>Longest object sent or accepted, in dwords with the header. 64 KiB unless set.</summary>
    public int MaximumObjectDwords { get; init; } = 1 << 14;

    /// <summary>True after an abort failed: the mailbox is stuck and is not touched until <see cref="AbortAsync"/> succeeds.</summary>
    public bool Quarantined { get; private set; }

    /// <summary>Sends a request and receives its response.</summary>
    /// <param name="feature">What the request is about; the response must be about the same.</param>
    /// <param name="payload">The request without its header; padded with zeros to a dword.</param>
    /// <param name="ct">Stops waiting. A request already begun is aborted before the cancellation is reported.</param>
    /// <exception cref="InvalidOperationException">Another call is in progress; the owner must serialise.</exception>
    public Task<DoeOutcome> ExchangeAsync(DoeFeature feature, ReadOnlyMemory<byte> payload, CancellationToken ct) =>
        ExchangeAsync(feature, payload, null, ct);

    /// <summary>Sends a request and receives its response.</summary>
    /// <param name="feature">What the request is about; the response must be about the same.</param>
    /// <param name="payload">The request without its header; padded with zeros to a dword.</param>
    /// <param name="requested">Called once when Go was written: from then on the device may act on the request.</param>
    /// <param name="ct">Stops waiting. A request already begun is aborted before the cancellation is reported.</param>
    /// <exception cref="InvalidOperationException">Another call is in progress; the owner must serialise.</exception>
    public Task<DoeOutcome> ExchangeAsync(DoeFeature feature, ReadOnlyMemory<byte> payload, Action? requested, CancellationToken ct) =>
        ExclusivelyAsync(transfer => RunAsync(transfer, feature, payload, requested, ct));

    /// <summary>
    /// Aborts whatever is in flight: after a crash in an own exchange, or when somebody orders a takeover. Success ends
    /// a quarantine.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another call is in progress; the owner must serialise.</exception>
    public Task<DoeOutcome> AbortAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return ExclusivelyAsync(async transfer =>
        {
            DoeProblem? problem = _port.Verify() ?? await DropAsync();
            return problem is null ? transfer.Finish("The mailbox was aborted and is free.") : transfer.Fail(problem);
        });
    }

    private async Task<DoeOutcome> ExclusivelyAsync(Func<DoeTransfer, Task<DoeOutcome>> work)
    {
        if (Interlocked.Exchange(ref _inUse, 1) != 0)
        {
            throw new InvalidOperationException($"An exchange with {_port.Place} is in progress; serialise the calls.");
        }

        try
        {
            return await work(new DoeTransfer(_port, time, MaximumObjectDwords));
        }
        finally
        {
            Volatile.Write(ref _inUse, 0);
        }
    }

    private async Task<DoeOutcome> RunAsync(
        DoeTransfer transfer, DoeFeature feature, ReadOnlyMemory<byte> payload, Action? requested, CancellationToken ct)
    {
        bool burst = _sound is { } last && time.GetElapsedTime(last) < Burst;
        _sound = null;
        DoeProblem? problem = Refuse(payload.Length) ?? await EnterAsync(burst, ct);
        if (problem is not null)
        {
            return transfer.Fail(problem); // Nothing was written, so there is nothing to clean up.
        }

        try
        {
            problem = transfer.Send(feature, payload.Span, ct);
            if (problem is null)
            {
                requested?.Invoke();
                problem = await transfer.ReceiveAsync(feature, ct);
            }
        }
        catch (OperationCanceledException) when (transfer.Begun)
        {
            await CleanUpAsync(new DoeProblem(DoeFailure.Timeout, "The exchange was cancelled."));
            throw;
        }

        if (problem is not null && transfer.Begun)
        {
            problem = await CleanUpAsync(problem);
        }

        if (problem is not null)
        {
            return transfer.Fail(problem);
        }

        _sound = time.GetTimestamp();
        _leftover = transfer.MoreBehind;
        return transfer.Finish($"{feature} answered.");
    }

    private DoeProblem? Refuse(int payloadLength)
    {
        if (Quarantined)
        {
            return new(DoeFailure.Quarantined,
                $"{_port.Place} is quarantined: an abort did not complete. Reset the function or abort again.");
        }

        int dwords = DoeObject.DwordsFor(payloadLength);
        int limit = Math.Min(MaximumObjectDwords, DoeHeader.MaximumDwords);
        return dwords > limit ? new(DoeFailure.TooLong, $"The request has {dwords} dwords; the limit is {limit}.") : null;
    }

    /// <summary>Makes sure that the mailbox is there and idle. A transaction of somebody else is reported, never aborted.</summary>
    private async Task<DoeProblem?> EnterAsync(bool burst, CancellationToken ct)
    {
        uint status;
        DoeProblem? problem = burst ? null : _port.Verify() ?? _port.ReadControl();
        if (problem is not null)
        {
            return problem;
        }

        DoePoll poll = new(time, Limit);
        while ((problem = _port.ReadStatus(out status)) is null && (status & DoeRegisters.StatusBusy) != 0)
        {
            if (poll.Expired)
            {
                return new(DoeFailure.BusyAtEntry, $"{_port.Place} stayed busy for {Limit.TotalSeconds:0} s; nothing was written.");
            }

            await poll.WaitAsync(ct);
        }

        // An error with no response waiting belongs to nobody any more, and what lay behind our own last response is ours: only an
        // abort clears either.
        bool ready = (status & DoeRegisters.StatusReady) != 0;
        if (problem is null && (ready ? _leftover : (status & DoeRegisters.StatusError) != 0))
        {
            problem = await DropAsync() ?? _port.ReadStatus(out status);
        }

        _leftover = false;

        return problem is null && (status & DoeRegisters.StatusReady) != 0
            ? new(DoeFailure.UnreadResponse, $"{_port.Place} holds a response somebody has not read; nothing was written.")
            : problem;
    }

    /// <summary>Aborts an own exchange that failed. A vanished function needs no abort.</summary>
    private async Task<DoeProblem> CleanUpAsync(DoeProblem cause)
    {
        if (cause.Failure is DoeFailure.Gone)
        {
            return cause;
        }

        DoeProblem? abort = await DropAsync();
        Quarantined |= abort is { Failure: not DoeFailure.Gone }; // A request of ours is still in there.
        return abort is null ? cause : abort with { Detail = $"{cause.Detail} {abort.Detail}" };
    }

    /// <summary>Not cancellable: an abort that was begun must be seen through, and it takes a second at most.</summary>
    private async Task<DoeProblem?> DropAsync()
    {
        DoeProblem? problem = _port.ReadControl() ?? _port.Command(DoeRegisters.ControlAbort);
        DoePoll poll = new(time, Limit);
        while (problem is null)
        {
            problem = _port.ReadStatus(out uint status);
            if (problem is null && (status & (DoeRegisters.StatusBusy | DoeRegisters.StatusError)) == 0)
            {
                Quarantined = false;
                return null;
            }

            if (problem is null && poll.Expired)
            {
                problem = new(DoeFailure.AbortFailed,
                    $"The abort of {_port.Place} did not complete in {Limit.TotalSeconds:0} s; it is quarantined.");
            }

            if (problem is null)
            {
                await poll.WaitAsync(CancellationToken.None);
            }
        }

        Quarantined |= problem.Failure is DoeFailure.AbortFailed;
        return problem;
    }
}
