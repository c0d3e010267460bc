using System.Globalization;
using Fleet.Contracts;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Charts;

public sealed partial class ContentionChart
{
    private const int PlotHeight = 168;
    private StackedBars _bars = null!;

    [Parameter, EditorRequired]
    public required ContentionSeries Series { get; set; }

    protected override void OnParametersSet() => _bars = StackedBars.Of(Series, PlotHeight);

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string P(double value) => value.ToString("0.###", CultureInfo.InvariantCulture) + "%";
}
