namespace Fleet.Web.Pages.Rollouts;

/// <summary>A wave as it is being written.</summary>
public sealed class WaveRow
{
    public int Percent { get; set; }

    public int BakeSeconds { get; set; }

    public bool PauseAfter { get; set; }
}
