using Fleet.Contracts;

namespace Fleet.Web.Pages.Functions;

public sealed partial class FunctionsPage
{
    private const string Example = "vendor:144d and doe:\"0001:01\" and not host:lab-*";
    private static readonly string[] Owners = ["broker", "kernel", "tsm", "vm", "none"];

    private static readonly Dictionary<string, Func<FunctionView, IComparable?>> Columns = new()
    {
        ["host"] = f => f.HostName,
        ["address"] = f => f.Address.ToString(),
        ["device"] = f => FunctionNames.Title(f),
        ["id"] = f => f.VendorId + f.DeviceId,
        ["class"] = f => f.ClassCode,
        ["driver"] = f => f.Driver,
        ["claims"] = f => f.Claims,
        ["contentions"] = f => f.Contentions,
    };

    protected override bool Watches(string topic) => topic is "functions" or "hosts" or "claims" or "events";

    protected override Task<Page<FunctionView>> ReadAsync(CancellationToken ct) => Api.ListFunctionsAsync(Query, ct);
}
