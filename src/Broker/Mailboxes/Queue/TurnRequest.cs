using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>Asks for a turn at a mailbox, or, without a mailbox, for a hold on its device.</summary>
/// <param name="Mailbox">The mailbox; null when only the hold is wanted.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Key">Who that is to the queue.</param>
/// <param name="Priority">How urgent it is.</param>
/// <param name="Conversation">What it is to the conversations of the device.</param>
internal sealed record TurnRequest(Mailbox? Mailbox, Caller Caller, CallerKey Key, ExchangePriority Priority, Conversation Conversation)
{
    /// <summary>Why the hold is wanted; null for one that an exchange begins.</summary>
    public string? Reason { get; init; }

    /// <summary>How long the hold is wanted at most.</summary>
    public TimeSpan Most { get; init; }

    /// <summary>Whether the request is one of those that must not fall into another's conversation.</summary>
    public bool Stateful => Conversation is not Conversation.None;
}
