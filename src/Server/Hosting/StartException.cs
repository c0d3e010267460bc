namespace Fleet.Server.Hosting;

/// <summary>The server cannot start; the message says what stands in the way and what to do about it.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
