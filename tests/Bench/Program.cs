// What ./bench runs. Each benchmark measures its own baseline in the same run and writes ratios.
using Fleet.Bench;
using Fleet.Bench.Load;
using Fleet.Bench.Postgres;

string[] options = args is [_, .. var rest] ? rest : [];
(string Name, Action<TextWriter> Run)[] benchmarks = [("decide", DecideBench.Run), ("journal", JournalBench.Run), ("mirror", MirrorBench.Run), ("bind", BindBench.Run), ("kill", KillBench.Run), ("faults", output => FaultBench.Run(output, options)), ("ingest", output => IngestBench.Run(output, options)), ("ingest-postgres", output => PostgresIngestBench.Run(output, options)), ("query", output => QueryBench.Run(output, options)), ("doe", DoeBench.Run), ("idle", IdleBench.Run), ("appraise", AppraiseBench.Run), ("known", output => KnownBench.Run(output, options)), ("rest", output => RestBench.Run(output, options)), ("failover", output => FailoverBench.Run(output, options)), ("load-faults", output => LoadFaultBench.Run(output, options)), ("hub-memory", output => LoadBench.Memory(output, options)), ("lag", output => LoadBench.Lag(output, options)), ("storm", output => LoadBench.Storm(output, options))];
string[] byName = ["kill", "faults", "known", "rest", "failover", "load-faults", "hub-memory", "lag", "storm"]; // long, or with the machine to themselves: asked for by name alone
if (args is [BareHub.Word, string data])
{
    return await BareHub.RunAsync(data);
}

string wanted = args is [var name, ..] ? name : "all";
if (wanted is not "all" && benchmarks.All(benchmark => benchmark.Name != wanted))
{
    Console.Error.WriteLine($"usage: Fleet.Bench [{string.Join('|', benchmarks.Select(benchmark => benchmark.Name))}|all]");
    return 2;
}

foreach ((string title, Action<TextWriter> run) in benchmarks.Where(benchmark => wanted == benchmark.Name || (wanted is "all" && !byName.Contains(benchmark.Name))))
{
    Console.WriteLine($"# {title}");
    try
    {
        run(Console.Out);
    }
    catch (ArgumentException error)
    {
        Console.Error.WriteLine(error.Message);
        return 2;
    }

    Console.WriteLine();
}

return 0;
