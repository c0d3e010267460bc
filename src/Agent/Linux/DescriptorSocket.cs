using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>Messages with file handles beside them (SCM_RIGHTS) on a unix socket that keeps messages apart.</summary>
internal sealed unsafe class DescriptorSocket(Socket socket) : IDisposable
{
    /// <summary>Handles in one message.</summary>
    public const int MostHandles = 16;

    private const int MostBytes = 8192;
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Rights = 1; // SCM_RIGHTS
    private const int NoSignal = 0x4000;
    private const int CloseOnExec = 0x4000_0000;
    private const int HeaderSize = 16; // struct cmsghdr
    private const int ControlSize = HeaderSize + (MostHandles * sizeof(int));

    public Socket Socket => socket;

    public static Socket Create() => new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);

    /// <exception cref="IOException">The other side is gone.</exception>
    public void Send(string text, params IReadOnlyList<SafeFileHandle> handles)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MostBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(handles.Count, MostHandles);
        byte* control = stackalloc byte[ControlSize];
        nuint controlSize = (nuint)(HeaderSize + (handles.Count * sizeof(int)));
        *(nuint*)control = controlSize;
        ((int*)control)[2] = SocketLevel;
        ((int*)control)[3] = Rights;
        for (int index = 0; index < handles.Count; index++)
        {
            ((int*)(control + HeaderSize))[index] = (int)handles[index].DangerousGetHandle();
        }

        fixed (byte* start = bytes)
        {
            MessageVector vector = new() { Start = start, Length = (nuint)bytes.Length };
            MessageHeader header = new() { Vectors = &vector, VectorCount = 1 };
            if (handles.Count > 0)
            {
                header.Control = control;
                header.ControlLength = controlSize;
            }

            if (Native.SendMessage(socket.SafeHandle, &header, NoSignal) < 0)
            {
                throw new IOException($"The other side of the socket does not take a message: {Posix.Describe(Marshal.GetLastPInvokeError())}.");
            }
        }

        GC.KeepAlive(handles);
    }

    /// <summary>Waits for a message.</summary>
    /// <param name="handles">What came with it; the receiver's to close.</param>
    /// <returns>Null when the other side is gone.</returns>
    public string? Receive(out IReadOnlyList<SafeFileHandle> handles)
    {
        byte* bytes = stackalloc byte[MostBytes];
        byte* control = stackalloc byte[ControlSize];
        MessageVector vector = new() { Start = bytes, Length = MostBytes };
        MessageHeader header = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlSize };
        nint count;
        do
        {
            count = Native.ReceiveMessage(socket.SafeHandle, &header, CloseOnExec);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() is Errno.Interrupted);

        List<SafeFileHandle> received = [];
        if (count > 0 && header.ControlLength >= HeaderSize && ((int*)control)[2] is SocketLevel && ((int*)control)[3] is Rights)
        {
            int most = ((int)Math.Min(*(nuint*)control, header.ControlLength) - HeaderSize) / sizeof(int);
            for (int index = 0; index < most; index++)
            {
                received.Add(new SafeFileHandle(((int*)(control + HeaderSize))[index], ownsHandle: true));
            }
        }

        handles = received;
        return count > 0 ? Encoding.UTF8.GetString(bytes, (int)count) : null;
    }

    public void Dispose() => socket.Dispose();
}
