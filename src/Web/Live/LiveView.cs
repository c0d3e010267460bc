using System.Net;
using System.Text.Json;
using Fleet.Client;
using Fleet.Contracts;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web;

/// <summary>
/// A component that shows what it reads from the API: reads when its URL changes and when the feed names one of its topics,
/// keeps the last good answer when a read fails, and hands what was prerendered over to the circuit.
/// </summary>
/// <typeparam name="TModel">What one read brings.</typeparam>
public abstract class LiveView<TModel> : ComponentBase, IDisposable
    where TModel : class
{
    private static readonly TimeSpan SkeletonAfter = TimeSpan.FromMilliseconds(300);
    private readonly CancellationTokenSource _closing = new();
    private PersistingComponentStateSubscription _persisting;
    private IDisposable? _subscription;
    private Coalescer? _coalescer;
    private string? _readKey;
    private int _generation;

    protected LiveView() => Closed = _closing.Token;

    [Inject] public required IFleetApi Api { get; set; }

    [Inject] public required ILiveFeed Feed { get; set; }

    [Inject] public required LiveSwitch Live { get; set; }

    [Inject] public required TimeProvider Time { get; set; }

    [Inject] public required NavigationManager Navigation { get; set; }

    [Inject] public required PersistentComponentState Persistent { get; set; }

    /// <summary>The last good answer; null before the first.</summary>
    protected TModel? Model { get; private set; }

    /// <summary>Why the last read failed; null when it did not.</summary>
    protected FleetApiException? Problem { get; private set; }

    /// <summary>When the model was read.</summary>
    protected DateTimeOffset ReadAt { get; private set; }

    /// <summary>The read takes long enough to say so.</summary>
    protected bool Slow { get; private set; }

    protected bool Missing => Problem?.Status is HttpStatusCode.NotFound;

    /// <summary>What decides whether to read anew; by default the address of the page.</summary>
    protected virtual string Key => Navigation.Uri;

    /// <summary>Whether what was read for one key may stay until the next is there: of a list yes, of an item never.</summary>
    protected virtual bool Continues => true;

    /// <summary>Cancelled when the component goes.</summary>
    protected CancellationToken Closed { get; }

    /// <summary>How long changes are gathered before one read; longer where a read asks for much.</summary>
    protected virtual TimeSpan Pace => TimeSpan.FromMilliseconds(100);

    protected abstract Task<TModel> ReadAsync(CancellationToken ct);

    protected virtual bool Watches(string topic) => false;

    protected override void OnInitialized()
    {
        _persisting = Persistent.RegisterOnPersisting(Persist);
        if (Persistent.TryTakeFromJson(GetType().FullName!, out Handover? handover) && handover is not null && handover.Key == Key)
        {
            Model = JsonSerializer.Deserialize<TModel>(handover.Json, FleetJson.Options);
            ReadAt = handover.ReadAt;
            _readKey = Key;
        }

        if (RendererInfo.IsInteractive)
        {
            _coalescer = new Coalescer(Time, Pace, PulseAsync);
            _subscription = Feed.Subscribe(OnChange);
            Live.Changed += OnSwitched;
        }
    }

    protected override Task OnParametersSetAsync()
    {
        string key = Key;
        if (key == _readKey)
        {
            return Task.CompletedTask;
        }

        if (_readKey is not null && !Continues)
        {
            (Model, Problem) = (null, null);
        }

        _readKey = key;
        return RefreshAsync();
    }

    /// <summary>Reads again now.</summary>
    protected async Task RefreshAsync()
    {
        int generation = ++_generation;
        Task<TModel> read = ReadAsync(Closed);
        _ = ShowSkeletonAsync(read);
        try
        {
            TModel model = await read;
            if (generation == _generation)
            {
                Accept(model);
            }
        }
        catch (FleetApiException e) when (generation == _generation)
        {
            Problem = e;
        }
        catch (Exception e) when (e is FleetApiException or OperationCanceledException)
        {
            // A newer read, or the end of the page, made this one's answer worthless.
            return;
        }

        Slow = false;
        StateHasChanged();
    }

    /// <summary>The feed named one of this view's topics.</summary>
    protected virtual Task OnLiveAsync() => RefreshAsync();

    /// <summary>Shows a model that was read elsewhere.</summary>
    protected void Accept(TModel model)
    {
        (Model, Problem, ReadAt) = (model, null, Time.GetUtcNow());
        OnRead();
        StateHasChanged();
    }

    /// <summary>Called after a new model came.</summary>
    protected virtual void OnRead()
    {
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        Live.Changed -= OnSwitched;
        _subscription?.Dispose();
        _coalescer?.Dispose();
        _persisting.Dispose();
        _closing.Cancel();
        _closing.Dispose();
    }

    private async Task ShowSkeletonAsync(Task read)
    {
        if (Model is not null || read.IsCompleted)
        {
            return;
        }

        Task late = Task.Delay(SkeletonAfter, Time, Closed);
        if (await Task.WhenAny(read, late) == late && late.IsCompletedSuccessfully && !read.IsCompleted)
        {
            Slow = true;
            StateHasChanged();
        }
    }

    private async Task PulseAsync()
    {
        try
        {
            await InvokeAsync(OnLiveAsync);
        }
        catch (Exception e) when (e is ObjectDisposedException || Closed.IsCancellationRequested)
        {
            // The page went while its timer fired.
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }

    private void OnChange(LiveChange change)
    {
        if (!Live.Paused && Watches(change.Topic))
        {
            _coalescer?.Signal();
        }
    }

    private void OnSwitched()
    {
        if (!Live.Paused)
        {
            _coalescer?.Signal();
        }
    }

    private Task Persist()
    {
        if (Model is not null)
        {
            string json = JsonSerializer.Serialize(Model, FleetJson.Options);
            Persistent.PersistAsJson(GetType().FullName!, new Handover(Key, json, ReadAt));
        }

        return Task.CompletedTask;
    }

    private sealed record Handover(string Key, string Json, DateTimeOffset ReadAt);
}
