using Fleet.Contracts;

namespace Fleet.Web.Pages.Functions;

public sealed partial class FunctionsPage
{
    private const string Example = "vendor:144d and doe:\"0001:01\" and not host:lab-*";
    private static readonly string[] Owners = ["broker", "kernel", "tsm", "vm", "none"];

    protected override bool Watches(string topic) => topic is "functions" or "hosts" or "claims" or "events";

    protected override Task<Page<FunctionView>> ReadAsync(CancellationToken ct) => Api.ListFunctionsAsync(Query, ct);
}
