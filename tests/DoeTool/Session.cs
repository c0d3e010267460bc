namespace Fleet.DoeTool;

/// <summary>Runs the exchanges and checks that each answer is its own.</summary>
internal sealed class Session(ConfigFile config, int offset, Options options, Tally tally)
{
    private const uint Discovery = 0x0000_0001;

    private readonly Mailbox _mailbox = new(config, offset, options);

    public void Run()
    {
        Discover();
        for (uint number = 1; number <= options.Count; number++)
        {
            Try(() => Echo(number));
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
