using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Access;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Tokens;

public sealed partial class ApiTokensPage
{
    private ApiTokenCreated? _created;
    private bool _making;

    [CascadingParameter] public Permissions? May { get; set; }

    /// <summary>"all" shows those that ended too.</summary>
    [SupplyParameterFromQuery(Name = "show")] public string? Which { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    private bool All => Which is "all";

    private string Lead => Model?.Total is { } total ? Show.Counted(total, All ? "token" : "active token") : "";

    protected override bool Watches(string topic) => topic is "tokens";

    protected override Task<Page<ApiTokenView>> ReadAsync(CancellationToken ct) =>
        Api.ListApiTokensAsync(new ListQuery(Cursor: Cursor, Limit: 100) { Sort = Sort }, All ? null : true, ct: ct);

    private async Task MadeAsync(ApiTokenCreated created)
    {
        await RefreshAsync();
        (_created, _making) = (created, false);
    }
}
