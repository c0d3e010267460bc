using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>One exchange as the flight recorder keeps it: headers, timing and who; the payloads only where a host's operator asked for them.</summary>
public sealed record RecordedExchange
{
    /// <summary>Number among the exchanges of its mailbox, from 1; a gap means that older ones were overwritten.</summary>
    public required long Number { get; init; }

    /// <summary>The function.</summary>
    public required PciAddress Function { get; init; }

    /// <summary>Offset of the mailbox's capability.</summary>
    public required int Offset { get; init; }

    /// <summary>What it was about ("0001:01").</summary>
    public required string Feature { get; init; }

    /// <summary>Who asked.</summary>
    public required Caller Caller { get; init; }

    /// <summary>By which way.</summary>
    public required ExchangeWay Way { get; init; }

    /// <summary>How urgent it was.</summary>
    public required ExchangePriority Priority { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Queued { get; init; }

    /// <summary>How long it waited for its turn, in milliseconds.</summary>
    public required double WaitedMilliseconds { get; init; }

    /// <summary>How long it had the mailbox, in milliseconds; 0 when it never got its turn.</summary>
    public required double TookMilliseconds { get; init; }

    /// <summary>Dwords of the request, its header included.</summary>
    public required int RequestDwords { get; init; }

    /// <summary>Dwords of the response, its header included; 0 when none came.</summary>
    public required int ResponseDwords { get; init; }

    /// <summary>Configuration cycles it cost, reads of Status left out.</summary>
    public required int Cycles { get; init; }

    /// <summary>Reads of Status.</summary>
    public required int Polls { get; init; }

    /// <summary>"ok", or why it failed ("timeout", "foreign-response", …).</summary>
    public required string Outcome { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Detail { get; init; }

    /// <summary>True when somebody was seen writing into the mailbox past the queue meanwhile: even a response that fits may be another's.</summary>
    public bool Disturbed { get; init; }

    /// <summary>The request's payload in hexadecimal, if payloads are recorded.</summary>
    public string? Request { get; init; }

    /// <summary>The response's payload in hexadecimal, if payloads are recorded.</summary>
    public string? Response { get; init; }
}
