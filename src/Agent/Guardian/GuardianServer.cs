using System.Net.Sockets;
using Fleet.Agent.Linux;
using Fleet.Contracts;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Guardian;

/// <summary>
/// The guardian of one run directory: keeps a mirror's handles while its agent lives, and does what the operator chose when the agent
/// dies. It serves one connection at a time; the end of that connection is the end of the agent, however it came.
/// </summary>
internal sealed class GuardianServer : IDisposable
{
    private const int Forever = -1;

    // While callers wait for the next agent: how often is looked whether one of them is dying.
    private const int WaitingMilliseconds = 100;

    private readonly Socket _listener;
    private readonly Wakeup _stop = new();
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private KeptMirror? _kept;
    private long _orphaned;
    private bool _ended;

    private GuardianServer(Socket listener, TimeProvider time, ILogger log)
    {
        _listener = listener;
        _time = time;
        _log = log;
    }

    /// <summary>Listens in a run directory whose guardian lock the caller has.</summary>
    public static GuardianServer Listen(string runDirectory, TimeProvider time, ILogger log)
    {
        string path = GuardianProtocol.SocketIn(runDirectory);
        File.Delete(path);
        Socket listener = DescriptorSocket.Create();
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(backlog: 4);
        return new GuardianServer(listener, time, log);
    }

    /// <summary>Serves until told to end, until a dead agent's mounts are lifted, or until the token says so.</summary>
    public void Run(CancellationToken ct)
    {
        using CancellationTokenRegistration stopping = ct.Register(_stop.Set);
        while (!_ended && !ct.IsCancellationRequested)
        {
            if ((Posix.WaitReadable(_kept is null ? Forever : WaitingMilliseconds, _listener.SafeHandle, _stop.Handle) & 1) is not 0)
            {
                using DescriptorSocket agent = new(_listener.Accept());
                Serve(agent, ct);
            }
            else if (_kept is not null)
            {
                Wait(_kept);
            }
        }

        if (!_ended && _kept is not null)
        {
            _log.Lifted(_kept.Lift().Count);
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _stop.Dispose();
        _kept?.Dispose();
    }

    private void Serve(DescriptorSocket agent, CancellationToken ct)
    {
        bool kept = false;
        while (!_ended && !ct.IsCancellationRequested)
        {
            uint found = Posix.WaitReadable(Forever, agent.Socket.SafeHandle, _listener.SafeHandle, _stop.Handle);
            if ((found & 2) is not 0)
            {
                TurnAway(); // Anybody else who comes is told that this one is served.
            }

            if ((found & 1) is 0)
            {
                continue;
            }

            if (agent.Receive(out IReadOnlyList<SafeFileHandle> handles) is not string message)
            {
                break;
            }

            try
            {
                kept |= Obey(agent, message, handles);
            }
            catch (IOException)
            {
                break; // It died before the answer.
            }
        }

        if (!_ended && kept)
        {
            AgentDied();
        }
    }

    /// <returns>True when the agent has put something in keep: from then on its death matters.</returns>
    private bool Obey(DescriptorSocket agent, string message, IReadOnlyList<SafeFileHandle> handles)
    {
        (string word, string rest) = GuardianProtocol.Split(message);
        switch (word)
        {
            case GuardianProtocol.Hello when _kept is null:
                agent.Send(GuardianProtocol.Empty);
                return false;
            case GuardianProtocol.Hello:
                agent.Send(GuardianProtocol.Compose(GuardianProtocol.Holding, _kept.Keeping.Write()), _kept.Handles);
                return false;
            case GuardianProtocol.Keep when Keeping.TryRead(rest) is { } keeping:
                _kept?.Dispose();
                _kept = new KeptMirror(keeping, handles);
                agent.Send(GuardianProtocol.Done);
                _log.Keeps(keeping.Mountpoint, keeping.OnDeath, handles.Count);
                return true;
            case GuardianProtocol.End:
                _ended = true;
                _log.Lifted(_kept?.Lift().Count ?? 0);
                agent.Send(GuardianProtocol.Done);
                return false;
            default:
                foreach (SafeFileHandle handle in handles)
                {
                    handle.Dispose();
                }

                agent.Send(GuardianProtocol.Unclear);
                return false;
        }
    }

    private void TurnAway()
    {
        using DescriptorSocket other = new(_listener.Accept());
        try
        {
            other.Send(GuardianProtocol.Busy);
        }
        catch (IOException)
        {
            // It did not wait for the answer.
        }
    }

    private void AgentDied()
    {
        Keeping keeping = _kept!.Keeping;
        // Acts first and tells after: callers get errors meanwhile.
        int lifted = keeping.OnDeath is AgentLossAction.Open ? _kept.Lift().Count : 0;
        _log.AgentDied(keeping.Mountpoint, keeping.OnDeath);
        switch (keeping.OnDeath)
        {
            case AgentLossAction.Wait when _kept.CanWait:
                _orphaned = _time.GetTimestamp();
                break;
            case AgentLossAction.Open:
                _log.Lifted(lifted);
                _ended = true;
                break;
            default:
                _kept.Abort();
                _ended = true;
                break;
        }
    }

    private void Wait(KeptMirror kept)
    {
        if (_time.GetElapsedTime(_orphaned) < kept.Keeping.Limit)
        {
            kept.ReleaseDying();
            return;
        }

        // Nobody came. Mounts stay and answer with an error, as under closed: nothing is let through that was to be kept out.
        _log.WaitedLongEnough(kept.Keeping.Mountpoint, kept.Keeping.Limit);
        kept.Abort();
        _ended = true;
    }
}
