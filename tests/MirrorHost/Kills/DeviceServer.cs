using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Agent.Linux;

namespace Fleet.MirrorHost.Kills;

/// <summary>
/// A simulated machine's devices in a process of their own: they keep their state, a half-told object in a mailbox included, while the
/// agent that drives them is killed. Obeys "unplug ADDRESS" and "plug ADDRESS", ends with its standard input.
/// </summary>
internal static class DeviceServer
{
    public static int Run(string socketPath, string tree)
    {
        SimulatedHardware hardware = new("kill-trial", tree, HostModel.Functions(HostKind.Small, 1), PciIds.Load(PciIds.DefaultPath), TimeProvider.System);
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(socketPath));
        listener.Listen();
        new Thread(() => Accept(listener, hardware)) { IsBackground = true }.Start();
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } command)
        {
            switch (command.Split(' '))
            {
                case ["unplug", var function]:
                    hardware.Unplug(PciAddress.Parse(function));
                    break;
                case ["plug", var function]:
                    hardware.Plug(PciAddress.Parse(function));
                    break;
            }

            Console.WriteLine($"done {command}");
        }

        return 0;
    }

    private static void Accept(Socket listener, SimulatedHardware hardware)
    {
        try
        {
            while (true)
            {
                Socket agent = listener.Accept();
                new Thread(() => Serve(agent, hardware)) { IsBackground = true }.Start();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The machine is switched off.
        }
    }

    private static void Serve(Socket socket, SimulatedHardware hardware)
    {
        using NetworkStream stream = new(socket, ownsSocket: true);
        byte[] data = new byte[DeviceLink.MostData];
        Span<byte> head = stackalloc byte[DeviceLink.RequestSize];
        try
        {
            while (true)
            {
                stream.ReadExactly(head);
                PciAddress address = new(BinaryPrimitives.ReadUInt16LittleEndian(head[1..]), head[3], head[4], head[5]);
                int offset = BinaryPrimitives.ReadInt32LittleEndian(head[6..]);
                Span<byte> part = data.AsSpan(0, BinaryPrimitives.ReadInt32LittleEndian(head[10..]));
                switch ((char)head[0])
                {
                    case 'r':
                        Answer(stream, hardware.Find(address)?.Read(offset, part) ?? ConfigResult.Failed(ConfigStatus.Gone), part);
                        break;
                    case 'w':
                        stream.ReadExactly(part);
                        Answer(stream, hardware.Find(address)?.Write(offset, part) ?? ConfigResult.Failed(ConfigStatus.Gone), default);
                        break;
                    case 'l':
                        Tell(stream, hardware.Addresses());
                        break;
                    case 'f':
                        Tell(stream, hardware.ReadFunction(address, null));
                        break;
                }
            }
        }
        catch (IOException)
        {
            // The agent was killed; the devices do not care.
        }
    }

    private static void Answer(NetworkStream stream, ConfigResult result, ReadOnlySpan<byte> data)
    {
        byte[] reply = new byte[DeviceLink.ReplySize + data.Length];
        reply[0] = (byte)result.Status;
        BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(1), result.Count);
        BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(5), data.Length);
        data.CopyTo(reply.AsSpan(DeviceLink.ReplySize));
        stream.Write(reply);
    }

    private static void Tell<T>(NetworkStream stream, T value) =>
        Answer(stream, ConfigResult.Done(0), JsonSerializer.SerializeToUtf8Bytes(value, FleetJson.Options));
}
