using Fleet.Contracts;

namespace Fleet.Policy;

internal sealed class MailboxSelectable(MailboxView mailbox) : ISelectable
{
    public bool Knows(string field) => Selectables.MailboxFields.Contains(field) || field is "any";

    public IEnumerable<string> Values(string field) => field switch
    {
        "id" => [mailbox.Id],
        "host" or "hostname" => [mailbox.HostName, mailbox.Host.ToString()],
        "function" or "address" => [mailbox.Address.ToString(), mailbox.Function.ToString()],
        "offset" => FieldValues.Offset(mailbox.Offset),
        "doe" or "feature" => mailbox.Features,
        "owner" => [mailbox.Owner],
        "state" => [mailbox.State],
        "any" => FieldValues.Text(mailbox.HostName, mailbox.Address.ToString(), mailbox.Owner, mailbox.State).Concat(mailbox.Features),
        _ => FieldValues.None,
    };
}
