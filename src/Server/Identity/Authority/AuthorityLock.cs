using Fleet.Server.Data;

namespace Fleet.Server.Identity.Authority;

/// <summary>One change of the files in pki/ at a time.</summary>
internal static class AuthorityLock
{
    /// <exception cref="AuthorityException">Somebody else has it, or the directory cannot be written.</exception>
    public static FileStream Take(string directory)
    {
        string path = Path.Combine(directory, "authority.lock");
        try
        {
            SecretFile.MakeDirectory(directory);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new AuthorityException($"Somebody else is changing the authority in {directory}. Try again when they are done.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new AuthorityException($"The authority in {directory} cannot be written: {error.Message} Run this as the server's user.", error);
        }
    }
}
