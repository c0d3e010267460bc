namespace Fleet.Web.Pages.JoinTokens;

/// <summary>Actions of the audit log about tokens and hosts, in words; one that this build does not know is shown as it came.</summary>
public static class TrailText
{
    public static string Of(string action) => action switch
    {
        "token.create" => "made",
        "token.use" => "admitted a host",
        "token.exhausted" => "used up",
        "token.refuse" => "refused a host",
        "token.revoke" => "revoked",
        "api-token.create" => "made",
        "api-token.revoke" => "revoked",
        "api-token.refuse" => "used after its end",
        "host.evict" => "evicted",
        "host.ban" => "banned",
        "host.readmit" => "readmitted",
        "host.return" => "joined again",
        "host.refuse" => "refused to let in",
        "host.delete" => "deleted",
        _ => action,
    };
}
