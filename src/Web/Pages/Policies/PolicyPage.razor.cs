using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Access;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Policies;

public sealed partial class PolicyPage
{
    private static readonly TimeSpan Typing = TimeSpan.FromMilliseconds(400);
    private string _text = "";
    private string _original = "";
    private string? _textOf;
    private Tagged<PolicyView>? _base;
    private ValidationView? _validation;
    private IReadOnlyList<Diagnostic> _refused = [];
    private string? _refusal;
    private bool _saving;
    private bool _deleting;
    private Coalescer? _check;

    /// <summary>The policy; null for a new one.</summary>
    [CascadingParameter] public Permissions? May { get; set; }

    [Parameter] public string? Name { get; set; }

    [SupplyParameterFromQuery(Name = "revision")] public int? RevisionNumber { get; set; }

    private PolicyView? Latest => Model?.Latest?.Value;

    private int OnHosts => Latest?.Reported.Sum(r => r.Hosts) ?? 0;

    private PolicyView? Shown => Model?.Revision ?? Latest;

    /// <summary>An older revision is looked at, not edited.</summary>
    private bool Reading => Model?.Revision is not null;

    private bool Changed => _text != _original;

    /// <summary>Somebody saved another revision while this text was being written from an older one.</summary>
    private bool Overtaken => Changed && Latest is { } latest && _base is { } begun && latest.Revision != begun.Value.Revision;

    private IReadOnlyList<Diagnostic> Errors => _validation is { Valid: false } found ? found.Errors : _refused;

    private Tone? Verdict => Errors.Count > 0
        ? new Tone(Show.Counted(Errors.Count, "error"), "bad", "bad")
        : _validation is { Valid: true } ? new Tone("Valid", "ok", "ok") : null;

    protected override bool Watches(string topic) => topic is "policies" or "rollouts" && Name is not null;

    protected override async Task<PolicyModel> ReadAsync(CancellationToken ct)
    {
        if (Name is null)
        {
            return new PolicyModel(null, null);
        }

        Tagged<PolicyView> latest = await Api.GetPolicyAsync(Name, ct);
        bool older = RevisionNumber is { } number && number != latest.Value.Revision;
        return new PolicyModel(latest, older ? await Api.GetPolicyRevisionAsync(Name, RevisionNumber!.Value, ct) : null);
    }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _check = new Coalescer(Time, Typing, () => InvokeAsync(ValidateAsync));
    }

    protected override void OnParametersSet() => Begin();

    protected override void OnRead() => Begin();

    protected override void Dispose(bool disposing)
    {
        _check?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Takes the text of what was read, but never over what somebody is writing.</summary>
    private void Begin()
    {
        string address = $"{Name}@{RevisionNumber}";
        if (Model is null || (_textOf == address && Changed))
        {
            return;
        }

        if (_textOf != address)
        {
            (_validation, _refused, _refusal) = (null, [], null);
        }

        // The tag belongs to the text: one that a live read brings would let a save undo what another wrote meanwhile.
        _base = Model.Latest;
        _original = Shown?.Document ?? PolicyDocument.Template;
        (_text, _textOf) = (_original, address);
    }

    private void Edit(string? text)
    {
        (_text, _refused, _refusal) = (text ?? "", [], null);
        _check?.Signal();
    }

    private async Task ValidateAsync()
    {
        try
        {
            _validation = await Api.ValidatePolicyAsync(_text, Closed);
        }
        catch (FleetApiException e)
        {
            (_validation, _refusal) = (null, $"Not checked: {e.Detail ?? e.Title}");
        }
        catch (OperationCanceledException)
        {
            return;
        }

        StateHasChanged();
    }

    private async Task SaveAsync()
    {
        if ((Name ?? PolicyDocument.NameOf(_text)) is not { } name)
        {
            _refusal = "Not saved: the document has no metadata.name. Write one, such as name: doe-exclusive.";
            return;
        }

        _saving = true;
        try
        {
            Tagged<PolicyView> saved = await Api.PutPolicyAsync(name, _text, _base?.ETag, Closed);
            (_original, _refusal, _validation) = (_text, null, null);
            Accept(new PolicyModel(saved, null));
            Navigation.NavigateTo(Links.Policy(saved.Value.Name));
        }
        catch (FleetApiException e)
        {
            (_validation, _refused) = (null, e.Diagnostics);
            _refusal = e.Code is ErrorCodes.Stale
                ? $"Not saved: {name} changed since you read it. Copy your text, load the page again, and make the change there."
                : $"Not saved: {e.Detail ?? e.Title}";
        }
        finally
        {
            _saving = false;
        }
    }

    private async Task DeleteAsync()
    {
        try
        {
            await Api.DeletePolicyAsync(Name!, Model!.Latest!.ETag, unassign: true, Closed);
            Navigation.NavigateTo("/policies");
        }
        catch (FleetApiException e)
        {
            (_deleting, _refusal) = (false, $"Not deleted: {e.Detail ?? e.Title}");
        }
    }
}
