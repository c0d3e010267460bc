using System.Globalization;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Fleet.Web.Pages.Functions.Lanes;

public sealed partial class LanePlot
{
    private const int HeadHeight = 36;
    private const int LaneHeight = 44;
    private const int OwnHeight = 24;
    private bool _focused;
    private LaneCursor _at;

    [Parameter, EditorRequired] public required LaneChart Chart { get; set; }

    /// <summary>Address of the page with a closer look at a moment.</summary>
    [Parameter, EditorRequired] public required Func<DateTimeOffset, string> ZoomTo { get; set; }

    [Inject] public required NavigationManager Navigation { get; set; }

    private List<Lane> AllLanes { get; set; } = [];

    private int Height => HeadHeight + (Chart.Lanes.Count * LaneHeight) + OwnHeight;

    private (Lane Lane, LaneMark Mark)? Current =>
        AllLanes[_at.Lane].Marks is { Count: > 0 } marks ? (AllLanes[_at.Lane], marks[_at.Mark]) : null;

    private string Label => string.Create(
        CultureInfo.InvariantCulture,
        $"Mailbox {Chart.Own.Note}, {Show.Full(Chart.Window.From)} to {Show.Full(Chart.Window.To)}: {Show.Counted(Chart.Lanes.Count, "tool")}, {Show.Counted(Chart.Faults.Count, "fault")}. Arrow keys move from mark to mark, Enter looks closer. A table follows.");

    protected override void OnParametersSet()
    {
        AllLanes = [.. Chart.Lanes, Chart.Own];
        _at = _at.Within(AllLanes);
    }

    private static string P(double value) => value.ToString("0.###", CultureInfo.InvariantCulture) + "%";

    private static int Top(int lane) => HeadHeight + (lane * LaneHeight);

    private int BarTop(int lane) => IsOwn(lane) ? 8 : 20;

    private int BarHeight(int lane) => IsOwn(lane) ? 8 : 12;

    private int LaneHeightOf(int lane) => IsOwn(lane) ? OwnHeight : LaneHeight;

    private bool IsOwn(int lane) => lane == Chart.Lanes.Count;

    private static string Title(Lane lane, LaneMark mark) => $"{lane.Name}, {Show.Clock(mark.From)}: {mark.Word}. {mark.Detail}";

    private void OnKey(KeyboardEventArgs key)
    {
        _at = _at.Move(AllLanes, key.Key);
        if (key.Key is "Enter" && Current is { } current)
        {
            Navigation.NavigateTo(ZoomTo(current.Mark.To));
        }
    }
}
