// What ./bench fuzz runs: random cases against code that reads what devices say. Everything follows from the seed.
using System.Globalization;
using Fleet.Fuzzing;
using Fleet.Fuzzing.ConfigSpaces;
using Fleet.Fuzzing.Mailboxes;
using Fleet.Fuzzing.Spdm;

FuzzTarget[] targets = [new ConfigSpaceTarget(), new MailboxTarget(), new DiscoveryTarget(), new SpdmResponseTarget(), new SpdmRequestTarget()];
Dictionary<string, long> options = new() { ["--count"] = 100_000, ["--seed"] = 1, ["--threads"] = 1 };
string wanted = "all";
for (int i = 0; i < args.Length; i++)
{
    if (i is 0 && targets.Any(t => t.Name == args[0]))
    {
        wanted = args[0];
    }
    else if (i + 1 < args.Length && options.ContainsKey(args[i])
        && long.TryParse(args[i + 1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out long value) && value > 0)
    {
        options[args[i++]] = value;
    }
    else
    {
        Console.Error.WriteLine($"usage: ./bench fuzz [{string.Join('|', targets.Select(t => t.Name))}] [--count N] [--seed N] [--threads N]");
        return args[i] is "--help" or "-h" ? 0 : 2;
    }
}

bool well = true;
foreach (FuzzTarget target in targets.Where(t => wanted is "all" || t.Name == wanted))
{
    int threads = (int)Math.Min(options["--threads"], 64);
    well &= new FuzzRun(target, unchecked((int)options["--seed"]), options["--count"], threads, Console.Out).Run();
}

return well ? 0 : 1;
