using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Live;

namespace Fleet.Server.Http.Filters;

/// <summary>The fields of what hosts have and report, as filters of the API see them.</summary>
internal static class FleetFields
{
    private static readonly string[] MailboxStates = ["free", "busy", "quarantined", "observed", "unreadable"];

    public static readonly FilterFields Hosts = new FilterFields(Selectables.HostFields)
        .Words(HostStates.All, "state").Words<EnforcementMode>("mode")
        .Flags("tainted", "sim", "duplicate", "replaced", "rejected", "trouble", "twice").Numbers("functions", "mailboxes", "contentions");

    public static readonly FilterFields Functions = new FilterFields(Selectables.FunctionFields)
        .Words(HostStates.All, "state").Numbers("contentions", "claims");

    public static readonly FilterFields Mailboxes = new FilterFields(Selectables.MailboxFields).Words(MailboxStates, "state").Numbers("offset");

    public static readonly FilterFields Claims = new FilterFields(Selectables.ClaimFields)
        .Words<ClaimSource>("source").Words<EnforcementMode>("mode").Words<ClaimAction>("onread", "onwrite").Numbers("offset", "length");

    public static readonly FilterFields Events = new FilterFields(Selectables.EventFields)
        .Known(EventKinds.All, "kind").Words<Decision>("decision").Words<AccessOperation>("operation").Words<ClaimSource>("source")
        .Numbers("pid", "uid", "loginuid", "offset", "length", "count").Times("time");
}
