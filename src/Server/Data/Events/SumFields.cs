namespace Fleet.Server.Data.Events;

/// <summary>What sums of contention are kept by, beside the minute.</summary>
[Flags]
internal enum SumFields
{
    None = 0,
    Host = 1,
    Kind = 2,
    Function = 4,
    Comm = 8,
    Decision = 16,
    Feature = 32,
    Region = 64,
    All = Host | Kind | Function | Comm | Decision | Feature | Region,
}
