namespace Fleet.Server.Identity.Authority;

/// <summary>Something is wrong with the files of the authority, or with what is asked of it; the message says what to do.</summary>
internal sealed class AuthorityException(string message, Exception? cause = null) : IOException(message, cause);
