namespace Fleet.DoeTool;

/// <summary>Runs the exchanges and checks that each answer is its own.</summary>
internal sealed class Session(ConfigFile config, int offset, Options options, Tally tally)
{
    private const uint Discovery = 0x0000_0001;

    private const uint TableAccess = 0x02_1e98;
    private const uint LastEntry = 0xffff;

    private readonly Mailbox _mailbox = new(config, offset, options);
    private SpdmConversation? _conversation;
    private readonly byte[] _table = options.Table is { } path ? File.ReadAllBytes(path) : [];
    private uint _entry;
    private int _position;

    public void Run()
    {
        Discover();
        for (uint number = 1; number <= options.Count; number++)
        {
            Try(() => Ask(number));
        }

        Discover();
    }

    private void Discover()
    {
        uint index = 0;
        for (int guard = 0; options.Discover && guard < 256; guard++)
        {
            uint next = 0;
            Try(() =>
            {
                uint[] response = _mailbox.Exchange(Discovery, [index]);
                next = response.Length is 3 && response[0] is Discovery ? response[2] >> 24 : throw new DoeToolException("wrong", "Not a discovery response.");
            });
            index = next;
            if (index is 0)
            {
                break;
            }
        }
    }

    private void Ask(uint number)
    {
        if (options.Spdm)
        {
            (_conversation ??= new SpdmConversation(_mailbox, options.Name)).Step();
        }
        else if (options.Table is null)
        {
            Echo(number);
        }
        else
        {
            ReadEntry(number);
        }
    }

    // The table again and again; an entry that is another's, or skipped, is not what the file has at this place.
    private void ReadEntry(uint number)
    {
        (uint entry, int position) = (_entry, _position);
        (_entry, _position) = (0, 0); // where the next one begins after a failure
        uint[] response = _mailbox.Exchange(TableAccess, [entry << 16]);
        byte[] bytes = [.. response.Skip(3).SelectMany(BitConverter.GetBytes)];
        bool whole = response.Length > 3 && position + bytes.Length <= _table.Length;
        if (!whole || response[0] is not TableAccess || !bytes.AsSpan().SequenceEqual(_table.AsSpan(position, bytes.Length)))
        {
            throw new DoeToolException("wrong", $"The answer to exchange {number} is not entry {entry}: {string.Join(' ', response.Select(d => d.ToString("x8")))}");
        }

        if (response[2] >> 16 is not LastEntry)
        {
            (_entry, _position) = (response[2] >> 16, position + bytes.Length);
        }
        else if (position + bytes.Length != _table.Length)
        {
            throw new DoeToolException("wrong", $"The table ended after {position + bytes.Length} of {_table.Length} bytes.");
        }
    }

    private void Echo(uint number)
    {
        uint[] payload = new uint[options.Words];
        for (uint i = 0; i < payload.Length; i++)
        {
            payload[i] = (options.Name << 24) ^ (number << 8) ^ i;
        }

        uint[] response = _mailbox.Exchange(options.Feature, payload);
        if ((response[0] & 0xff_ffff) != options.Feature || !response.AsSpan(2).SequenceEqual(payload))
        {
            throw new DoeToolException("wrong", $"The answer to exchange {number} is another's: {string.Join(' ', response.Select(d => d.ToString("x8")))}");
        }
    }

    private void Try(Action exchange)
    {
        try
        {
            exchange();
            tally.Add("right");
        }
        catch (DoeToolException e)
        {
            tally.Add(e.Kind);
            if (!options.GoOn)
            {
                throw;
            }

            _mailbox.Abort();
        }
        catch (IOException) when (options.GoOn)
        {
            tally.Add("refused");
        }
    }
}
