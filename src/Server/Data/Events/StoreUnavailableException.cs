namespace Fleet.Server.Data.Events;

/// <summary>The database of events cannot take or give anything just now; the message says why. Later it may.</summary>
internal sealed class StoreUnavailableException(string message, Exception inner) : IOException(message, inner);
