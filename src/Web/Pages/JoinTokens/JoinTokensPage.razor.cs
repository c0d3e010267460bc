using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Access;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.JoinTokens;

public sealed partial class JoinTokensPage
{
    private JoinTokenCreated? _created;
    private bool _making;
    private bool _closed;

    [CascadingParameter] public Permissions? May { get; set; }

    /// <summary>"all" shows those that ended too.</summary>
    [SupplyParameterFromQuery(Name = "show")] public string? Which { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    private bool All => Which is "all";

    private string Lead => Model?.Total is { } total ? Show.Counted(total, All ? "token" : "open token") : "";

    protected override bool Watches(string topic) => topic is "hosts";

    protected override Task<Page<JoinTokenView>> ReadAsync(CancellationToken ct) =>
        Api.ListJoinTokensAsync(new ListQuery(Cursor: Cursor, Limit: 100) { Sort = Sort }, All ? null : true, ct);

    /// <summary>How many agents have joined with the token just made; one that is used up leaves the list of open ones.</summary>
    private int Joined(JoinTokenCreated created) =>
        Model is not { } page ? 0 : page.Items.FirstOrDefault(token => token.Id == created.View.Id)?.Used ?? (Cursor is null ? created.View.Uses : 0);

    private async Task MadeAsync(JoinTokenCreated created)
    {
        await RefreshAsync();
        (_created, _making, _closed) = (created, false, true);
    }
}
