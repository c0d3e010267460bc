using Fleet.Server.Hosting;

namespace Fleet.Server.Data;

/// <summary>The kind of database that a server works on.</summary>
internal interface IDatabase
{
    /// <summary>Makes the schema what this version needs, before anything else touches the database.</summary>
    /// <exception cref="StartException">It cannot be reached, or it is of a later version of the server.</exception>
    Task PrepareAsync(CancellationToken ct);
}
