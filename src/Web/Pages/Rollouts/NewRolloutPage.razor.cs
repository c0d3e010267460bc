using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Access;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Rollouts;

public sealed partial class NewRolloutPage
{
    private readonly RolloutForm _form = new();
    private string? _key;
    private string? _refusal;
    private bool _busy;

    [CascadingParameter] public Permissions? May { get; set; }

    [SupplyParameterFromQuery(Name = "policy")] public string? PolicyName { get; set; }

    [SupplyParameterFromQuery(Name = "revision")] public int? RevisionNumber { get; set; }

    private PolicyView? Chosen => Model?.Items.FirstOrDefault(p => p.Name == _form.Policy);

    protected override Task<Page<PolicyView>> ReadAsync(CancellationToken ct) => Api.ListPoliciesAsync(new ListQuery(Limit: 200), ct);

    protected override void OnParametersSet() => Begin();

    protected override void OnRead() => Begin();

    private void Begin()
    {
        if (Model is { Items.Count: > 0 } && Chosen is null)
        {
            Choose(Model.Items.Any(p => p.Name == PolicyName) ? PolicyName : Model.Items[0].Name);
            _form.Revision = RevisionNumber ?? _form.Revision;
        }
    }

    private void Choose(string? name)
    {
        _form.Policy = name ?? "";
        _form.Revision = Chosen?.Revision ?? 1;
    }

    private async Task StartAsync()
    {
        // The same key until it is answered: a second press starts no second rollout.
        _key ??= Guid.CreateVersion7(Time.GetUtcNow()).ToString("N");
        _busy = true;
        try
        {
            RolloutView started = await Api.CreateRolloutAsync(_form.ToRequest(), _key, Closed);
            Navigation.NavigateTo(Links.Rollout(started.Id));
        }
        catch (FleetApiException e)
        {
            _refusal = $"Not started: {e.Detail ?? e.Title}";
            _key = e.Status is null ? _key : null;
        }
        finally
        {
            _busy = false;
        }
    }
}
