using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Access;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Rollouts;

public sealed partial class RolloutActions
{
    private bool _aborting;
    private bool _busy;
    private string? _refusal;

    [Inject] public required IFleetApi Api { get; set; }

    [CascadingParameter] public Permissions? May { get; set; }

    [Parameter, EditorRequired] public required RolloutView Rollout { get; set; }

    [Parameter] public EventCallback<RolloutView> OnDone { get; set; }

    private IEnumerable<RolloutTarget> Hosts => Rollout.Waves.SelectMany(w => w.Hosts);

    private int Done => Hosts.Count(h => h.State is "applied");

    private int Open => Hosts.Count(h => h.State is not "applied");

    private int Pending => Hosts.Count(h => h.State is "pending");

    private string Hint => Rollout.Phase is RolloutPhase.Paused
        ? "Paused: hosts that were assigned the revision still apply it, no other host gets it."
        : "Pausing holds every host that has not been assigned the revision yet.";

    private async Task ActAsync(Func<string, CancellationToken, Task<RolloutView>> act)
    {
        _busy = true;
        try
        {
            RolloutView after = await act(Rollout.Id, CancellationToken.None);
            (_refusal, _aborting) = (null, false);
            await OnDone.InvokeAsync(after);
        }
        catch (FleetApiException e)
        {
            (_refusal, _aborting) = ($"Not done: {e.Detail ?? e.Title}", false);
        }
        finally
        {
            _busy = false;
        }
    }
}
