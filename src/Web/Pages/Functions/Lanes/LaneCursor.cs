namespace Fleet.Web.Pages.Functions.Lanes;

/// <summary>Movement by keys from mark to mark.</summary>
/// <param name="Lane">Which lane; the mailbox's own is the last.</param>
/// <param name="Mark">Which of its marks.</param>
public readonly record struct LaneCursor(int Lane, int Mark)
{
    /// <summary>Where the key leads; the same place when it is none of these or leads outside.</summary>
    public LaneCursor Move(IReadOnlyList<Lane> lanes, string key)
    {
        ArgumentNullException.ThrowIfNull(lanes);
        LaneCursor at = Within(lanes);
        int last = lanes[at.Lane].Marks.Count - 1;
        return key switch
        {
            "ArrowLeft" => at with { Mark = Math.Max(0, at.Mark - 1) },
            "ArrowRight" => at with { Mark = Math.Min(last, at.Mark + 1) },
            "Home" => at with { Mark = 0 },
            "End" => at with { Mark = last },
            "ArrowUp" => at.Beside(lanes, -1),
            "ArrowDown" => at.Beside(lanes, 1),
            _ => at,
        };
    }

    /// <summary>The same place, or the nearest that there is: lanes change while they are looked at. Some lane has marks.</summary>
    public LaneCursor Within(IReadOnlyList<Lane> lanes)
    {
        ArgumentNullException.ThrowIfNull(lanes);
        int lane = Math.Clamp(Lane, 0, lanes.Count - 1);
        for (int i = 0; i < lanes.Count && lanes[lane].Marks.Count is 0; i++)
        {
            lane = (lane + 1) % lanes.Count;
        }

        return new LaneCursor(lane, Math.Clamp(Mark, 0, lanes[lane].Marks.Count - 1));
    }

    /// <summary>The mark of the next lane in that direction whose middle is nearest.</summary>
    private LaneCursor Beside(IReadOnlyList<Lane> lanes, int direction)
    {
        int lane = Lane + direction;
        while (lane >= 0 && lane < lanes.Count && lanes[lane].Marks.Count is 0)
        {
            lane += direction;
        }

        if (lane < 0 || lane >= lanes.Count)
        {
            return this;
        }

        long middle = Middle(lanes[Lane].Marks[Mark]);
        int mark = Enumerable.Range(0, lanes[lane].Marks.Count).MinBy(i => Math.Abs(Middle(lanes[lane].Marks[i]) - middle));
        return new LaneCursor(lane, mark);
    }

    private static long Middle(LaneMark mark) => (mark.From.UtcTicks / 2) + (mark.To.UtcTicks / 2);
}
