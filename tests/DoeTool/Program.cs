// A tool that drives a DOE mailbox by raw register accesses, as tools do that were written for one initiator: it knows nothing of a
// broker and references nothing of this repository. It sends objects that a device echoes, each different from all others, and
// counts what comes back wrong.
using System.Globalization;
using Fleet.DoeTool;

if (args is not [var config, var offset, ..] || !Options.TryParse(args[2..], out Options? options)
    || !int.TryParse(offset, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int mailbox))
{
    Console.Error.WriteLine("""
        usage: doe-tool CONFIG OFFSET [--feature VVVV:TT] [--table FILE] [--spdm] [--count N] [--words N] [--name N] [--discover] [--reopen] [--patient] [--go-on] [--limit MS]

          CONFIG      a configuration space file; OFFSET: of the DOE capability, in hexadecimal
          --feature   what to send; the device must echo it (default 15b3:01)
          --table     read the CDAT instead, entry by entry; FILE has what it must be
          --spdm      talk SPDM with the responder instead, ten exchanges a conversation
          --count     exchanges (default 1); --words: payload dwords of each (default 4)
          --name      a number that marks this tool's objects
          --discover  runs discovery before the first and after the last exchange
          --reopen    closes the file after Go and opens it again for the answer
          --patient   waits while Busy is set instead of throwing
          --go-on     aborts and goes on after a failure instead of throwing
          --limit     milliseconds to wait for an answer, or with --patient for Busy to end (default 15000)

        Prints one line of counts. Exit code 0: everything was right, 1: something was not, 3: it threw.
        """);
    return 2;
}

Tally tally = new();
try
{
    using ConfigFile file = new(config);
    Session session = new(file, mailbox, options, tally);
    session.Run();
}
catch (Exception e) when (e is DoeToolException or IOException or UnauthorizedAccessException)
{
    Console.WriteLine(tally);
    Console.Error.WriteLine(e.Message);
    return 3;
}

Console.WriteLine(tally);
return tally.AllRight ? 0 : 1;
