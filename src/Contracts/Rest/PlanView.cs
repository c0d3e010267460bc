namespace Fleet.Contracts;

/// <summary>What a write with dryRun=true would do; nothing of it has been done.</summary>
/// <typeparam name="T">What would be changed.</typeparam>
/// <param name="Action">"create", "update", "delete" or "none".</param>
/// <param name="Before">The thing now; null when there is none.</param>
/// <param name="After">The thing as it would be; null when there would be none.</param>
public sealed record PlanView<T>(string Action, T? Before, T? After)
    where T : class;
