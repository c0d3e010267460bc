namespace Fleet.Server.Data.Events;

/// <summary>A question for more sums than are answered at once; nothing is wrong with the store.</summary>
internal sealed class TooManySumsException(SumQuery query) : Exception($"More than {query.Most} sums would be answered.");
