// What ./bench runs. Each benchmark measures its own baseline in the same run and writes ratios.
using Fleet.Bench;

(string Name, Action<TextWriter> Run)[] benchmarks = [("decide", DecideBench.Run), ("mirror", MirrorBench.Run), ("ingest", IngestBench.Run), ("doe", DoeBench.Run)];
string wanted = args is [var name] ? name : "all";
if (wanted is not "all" && benchmarks.All(benchmark => benchmark.Name != wanted))
{
    Console.Error.WriteLine($"usage: Fleet.Bench [{string.Join('|', benchmarks.Select(benchmark => benchmark.Name))}|all]");
    return 2;
}

foreach ((string title, Action<TextWriter> run) in benchmarks.Where(benchmark => wanted is "all" || benchmark.Name == wanted))
{
    Console.WriteLine($"# {title}");
    run(Console.Out);
    Console.WriteLine();
}

return 0;
