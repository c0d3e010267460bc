using System.CommandLine;

namespace Fleet.Server.Commands;

/// <summary>
/// Where a command learns of a PostgreSQL database: --database, the file named by --database-file (for secrets that are mounted), or FLEET_DATABASE.
/// None of them means files in the data directory.
/// </summary>
internal sealed class DatabaseOption
{
    private const string Variable = "FLEET_DATABASE";

    private readonly Option<string?> _text = new("--database")
    {
        Description = $"PostgreSQL to work on: a connection string or postgresql:// address (also from {Variable}). Other users of this machine can see it here: prefer the file",
    };

    private readonly Option<string?> _file = new("--database-file") { Description = "File that holds the same" };

    public void AddTo(Command command)
    {
        command.Add(_text);
        command.Add(_file);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_text) is not null && result.GetValue(_file) is not null)
            {
                result.AddError("Give --database or --database-file, not both.");
            }
        });
    }

    /// <returns>The connection string; null for none.</returns>
    /// <exception cref="Hosting.StartException">The file cannot be read, or there is nothing in it.</exception>
    public string? Read(ParseResult result)
    {
        if (result.GetValue(_text) is { } text)
        {
            return text;
        }

        if (result.GetValue(_file) is { } file)
        {
            return FromFile(file);
        }

        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? variable : null;
    }

    private static string FromFile(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } text ? text : throw new Hosting.StartException($"The file {file} of --database-file is empty.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new Hosting.StartException($"The file {file} of --database-file cannot be read: {error.Message}", error);
        }
    }
}
