namespace Fleet.Web;

/// <summary>Live or paused, for all of one browser tab. Paused keeps what is on the page.</summary>
public sealed class LiveSwitch
{
    public bool Paused { get; private set; }

    /// <summary>Raised after the switch moved.</summary>
    public event Action? Changed;

    public void Set(bool paused)
    {
        if (paused != Paused)
        {
            Paused = paused;
            Changed?.Invoke();
        }
    }
}
