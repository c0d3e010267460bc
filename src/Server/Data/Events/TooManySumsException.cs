namespace Fleet.Server.Data.Events;

/// <summary>A question for more sums than are answered at once; nothing is wrong with the store.</summary>
internal sealed class TooManySumsException() : Exception($"More than {SumQuery.Most} sums would be answered.");
