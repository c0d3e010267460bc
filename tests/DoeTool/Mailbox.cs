using System.Diagnostics;

namespace Fleet.DoeTool;

/// <summary>A DOE mailbox by its registers: what every tool of this kind has in it, and no more.</summary>
internal sealed class Mailbox(ConfigFile config, int offset, Options options)
{
    private const uint Busy = 1;
    private const uint Error = 4;
    private const uint Ready = 0x8000_0000;

    public void Abort() => config.Write(offset + 0x08, 1);

    public uint[] Exchange(uint feature, uint[] payload)
    {
        AwaitFree();
        if ((config.Read(offset + 0x0c) & Error) is not 0)
        {
            Abort();
        }

        config.Write(offset + 0x10, feature);
        config.Write(offset + 0x10, (uint)payload.Length + 2);
        foreach (uint dword in payload)
        {
            config.Write(offset + 0x10, dword);
        }

        config.Write(offset + 0x08, 0x8000_0000);
        if (options.Reopen)
        {
            config.Reopen();
        }

        AwaitReady();
        return Receive();
    }

    private void AwaitFree()
    {
        long start = Stopwatch.GetTimestamp();
        while ((config.Read(offset + 0x0c) & Busy) is not 0)
        {
            if (!options.Patient || Stopwatch.GetElapsedTime(start) > options.Limit)
            {
                throw new DoeToolException("busy", "The mailbox is busy.");
            }
        }
    }

    private void AwaitReady()
    {
        long start = Stopwatch.GetTimestamp();
        uint status;
        while (((status = config.Read(offset + 0x0c)) & (Ready | Error)) is 0)
        {
            if (Stopwatch.GetElapsedTime(start) > options.Limit)
            {
                throw new DoeToolException("timeout", $"No response; status is {status:x8}.");
            }
        }

        if ((status & Error) is not 0)
        {
            Abort();
            throw new DoeToolException("error", $"The device reports an error; status is {status:x8}.");
        }
    }

    private uint[] Receive()
    {
        List<uint> dwords = [];
        uint length = 2;
        for (uint i = 0; i < length; i++)
        {
            if ((config.Read(offset + 0x0c) & Ready) is 0)
            {
                throw new DoeToolException("short", $"The response ended at dword {i} of {length}.");
            }

            uint value = config.Read(offset + 0x14);
            dwords.Add(value);
            config.Write(offset + 0x14, 0);
            if (i is 1)
            {
                length = value & 0x3_ffff;
                if (length is < 2 or > 0x4000)
                {
                    throw new DoeToolException("garbled", $"The response states {length} dwords.");
                }
            }
        }

        return [.. dwords];
    }
}
