Console.Error.WriteLine("The startup project of dotnet ef; see docs/how-to/adding-a-migration.md.");
