using Fleet.Client;
using Fleet.Contracts;

namespace Fleet.Web.Pages.Events;

public sealed partial class EventsPage
{
    private const string Example = "kind:contention.* and decision:refuse and comm:setpci";
    private static readonly IReadOnlyList<string> Kinds = ["contention.*", .. EventKinds.All];
    private static readonly string[] Operations = ["read", "write"];
    private static readonly string[] Decisions = ["allow", "virtualise", "cached", "ones", "read-only", "wait", "would-refuse", "refuse"];
    private Page<FleetEvent>? _waiting;
    private bool _held;
    private int _newer;

    private string Export => "/api/v1/events?limit=1000" + (string.IsNullOrEmpty(Filter) ? "" : "&q=" + Uri.EscapeDataString(Filter));

    // An older page does not change.
    protected override bool Watches(string topic) => topic is "events" && Cursor is null;

    protected override Task<Page<FleetEvent>> ReadAsync(CancellationToken ct) => Api.ListEventsAsync(Query with { Limit = 100 }, ct);

    protected override void OnRead() => (_waiting, _newer) = (null, 0);

    /// <summary>Never moves a row that the pointer is on: what came is held and counted.</summary>
    protected override async Task OnLiveAsync()
    {
        if (!_held || Model is not { } shown)
        {
            await RefreshAsync();
            return;
        }

        try
        {
            _waiting = await ReadAsync(Closed);
            _newer = HeldEvents.CountNewer(shown.Items, _waiting.Items);
        }
        catch (Exception e) when (e is FleetApiException or OperationCanceledException)
        {
            // The next change, or letting go, reads again and shows what is wrong.
            _waiting = null;
        }

        StateHasChanged();
    }

    /// <summary>Asked for, so it is shown even while updates are paused.</summary>
    private void ShowNewer()
    {
        if (_waiting is { } waiting)
        {
            Accept(waiting);
        }
    }

    private void Hold() => _held = true;

    private void Release()
    {
        _held = false;
        if (_waiting is { } waiting && !Live.Paused)
        {
            Accept(waiting);
        }
    }
}
