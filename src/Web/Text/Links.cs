using Fleet.Contracts;

namespace Fleet.Web.Text;

/// <summary>Addresses of pages: every count and name links to the list or item behind it.</summary>
public static class Links
{
    public static string Host(HostId host) => $"/hosts/{host}";

    public static string Function(FunctionId function) => $"/functions/{function}";

    public static string Policy(string name) => $"/policies/{Uri.EscapeDataString(name)}";

    public static string Rollout(string id) => $"/rollouts/{Uri.EscapeDataString(id)}";

    public static string Attestation(string id) => $"/attestation/{Uri.EscapeDataString(id)}";

    public static string JoinToken(string id) => $"/join-tokens/{Uri.EscapeDataString(id)}";

    public static string ApiToken(string id) => $"/tokens/{Uri.EscapeDataString(id)}";

    public static string Hosts(string filter) => List("/hosts", filter);

    public static string Functions(string filter) => List("/functions", filter);

    public static string Mailboxes(string filter) => List("/mailboxes", filter);

    public static string Claims(string filter) => List("/claims", filter);

    public static string Events(string filter) => List("/events", filter);

    public static string List(string path, string? filter) =>
        string.IsNullOrEmpty(filter) ? path : $"{path}?q={Uri.EscapeDataString(filter)}";
}
