using System.Net;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Server.Tests.Identity;

namespace Fleet.EndToEnd.Tests;

/// <summary>
/// A real agent whose certificate is renewed, and kill -9 of it or of its server at each step of that. After each it comes back by itself; there is
/// always one identity, and each one of before is refused. A relay holds what has to wait, so that nothing hangs on time.
/// </summary>
[Collection(IdentityServer.Shared)]
public sealed class RenewalKillTests(IdentityServer identities)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private ServerUnderTest Server => identities.Server;

    [Fact]
    public async Task Renewal_KilledAtEachStep_LeavesOneIdentityThatComesBack()
    {
        await using HeldLink link = new(IPEndPoint.Parse(new Uri(Server.Agents).Authority));
        await using AgentUnderTest agent = new("renewal-kills", link.Address);
        await agent.StartConnectedAsync(await Server.TokenAsync());
        Trial trial = new(identities, agent, link, (await identities.HostOfAsync(agent)).Id);
        await trial.SettledAsync();

        // 1. The next key is written, and nobody was asked to certify it.
        await trial.AskedAsync();
        Assert.Equal("used", Assert.Single(await trial.CertificatesAsync()).State);
        await trial.KillAgentAsync();
        await trial.SettledAsync();

        // 2. The request is answered and committed, and the answer has not come: the key that was certified is the one that is used next.
        string issued = await trial.IssuedAsync();
        await trial.KillAgentAsync();
        await trial.SettledAsync();
        await trial.RenewedAsync(issued);

        // 3. The answer came, and is being written: killed as soon as the first byte is there, wherever it gets to until it is dead.
        foreach (string file in new[] { "previous.json.new", "current.json.new", "current.json" })
        {
            await trial.KilledAtAsync(file);
            await trial.SettledAsync();
        }

        // 4. The certificate is written, and was not used.
        link.HoldNewConnections();
        string before = agent.Serial();
        identities.Rotate();
        await agent.Daemon.UntilAsync(() => agent.Serial() != before && link.HoldsConnection, Soon, "it had the next certificate");
        Assert.Contains(await trial.CertificatesAsync(), one => one.Serial == agent.Serial() && one.State is "issued");
        await trial.KillAgentAsync();
        await trial.SettledAsync(notBy: before);

        // 5. It was used, and the agent has not heard so.
        before = await trial.UsedUnheardAsync();
        await trial.KillAgentAsync();
        await trial.SettledAsync(notBy: before);

        // 6. The server is killed between the commit of the certificate and its answer.
        issued = await trial.IssuedAsync();
        await trial.KillServerAsync();
        await trial.SettledAsync();
        await trial.RenewedAsync(issued);

        // 7. The server is killed between the commit of its first use and the answer.
        before = await trial.UsedUnheardAsync();
        await trial.KillServerAsync();
        await trial.SettledAsync(notBy: before);

        await trial.FormerOnesAreRefusedAsync();
    }

    [Fact]
    public async Task Server_RestoredFromBeforeTheRenewal_IsShownTheCertificateThatItKnows()
    {
        string backup = Path.Combine(Places.NewData("identity-backup"), "backup");
        string lost = Path.Combine(Places.NewData("identity-lost"), "data");
        await using AgentUnderTest agent = new("renewal-forgotten", Server.Agents);
        await agent.StartConnectedAsync(await Server.TokenAsync());
        HostView host = await identities.HostOfAsync(agent);
        string before = agent.Serial();
        (await Shell.RunAsync(Places.Server, "backup", "--data", Server.Data, "--to", backup)).Succeeded();
        identities.Rotate();
        await agent.UntilAsync(state => state.Connected && agent.Serial() != before, "it had renewed");

        await Server.KillAndStartAsync(async () =>
        {
            Directory.Move(Server.Data, lost);
            (await Shell.RunAsync(Places.Server, "restore", "--from", backup, "--data", Server.Data)).Succeeded();
        });

        await agent.UntilAsync(state => state.Connected && agent.Serial() == before, "it was back by the certificate of before");
        Assert.Contains("Coming in with the one before", agent.Said, StringComparison.Ordinal);
        Assert.Equal(host.Id, (await identities.HostOfAsync(agent)).Id);
        identities.Rotate();
        await agent.UntilAsync(state => state.Connected && agent.Serial() != before, "it had renewed from there");
        Assert.Single((await identities.HostAsync(host.Id)).Certificates!.Certificates, one => one.State is "used");
    }

    /// <summary>One agent on its way through the steps.</summary>
    private sealed class Trial(IdentityServer identities, AgentUnderTest agent, HeldLink link, HostId host)
    {
        private readonly List<X509Certificate2> _former = [];

        public async Task<IReadOnlyList<CertificateView>> CertificatesAsync() => (await identities.HostAsync(host)).Certificates!.Certificates;

        public async Task<CertificateView> UsedAsync() => Assert.Single(await CertificatesAsync(), one => one.State is "used");

        /// <summary>The agent has made its next key and asks; nothing of that arrives.</summary>
        public async Task AskedAsync()
        {
            link.HoldRequests();
            File.Delete(agent.NextKey);
            identities.Rotate();
            await agent.Daemon.UntilAsync(() => File.Exists(agent.NextKey) && link.HoldsRequest, Soon, "it had made the next key");
        }

        /// <summary>The server has committed the next certificate; its answer is held. The certificate's key.</summary>
        public async Task<string> IssuedAsync()
        {
            await AskedAsync();
            link.HoldReplies();
            link.LetRequestsGo();
            CertificateView? issued = null;
            await identities.UntilAsync(host, all => (issued = all.FirstOrDefault(one => one.State is "issued")) is not null, "the next certificate was issued");
            return issued!.Key;
        }

        /// <summary>The server has seen the first use of the next certificate; its answer is held. The serial number of the one before.</summary>
        public async Task<string> UsedUnheardAsync()
        {
            string before = agent.Serial();
            link.HoldFirstAnswers();
            identities.Rotate();
            await identities.UntilAsync(host, all => all.Any(one => one.State is "used" && one.Serial == agent.Serial() && one.Serial != before), "the next certificate was used");
            return before;
        }

        /// <summary>Kills the agent when a file of its identity appears.</summary>
        public async Task KilledAtAsync(string file)
        {
            TaskCompletionSource appeared = new(TaskCreationOptions.RunContinuationsAsynchronously);
            int pid = agent.Daemon.Pid;
            using FileSystemWatcher watcher = new(agent.Identity, file) { NotifyFilter = NotifyFilters.FileName };
            void Kill(object sender, FileSystemEventArgs e)
            {
                if (appeared.TrySetResult())
                {
                    using System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(pid);
                    process.Kill();
                }
            }

            watcher.Created += Kill;
            watcher.Renamed += Kill;
            watcher.EnableRaisingEvents = true;
            identities.Rotate();
            await appeared.Task.WaitAsync(Soon, TestContext.Current.CancellationToken);
            await KillAgentAsync();
        }

        public async Task KillAgentAsync()
        {
            await agent.KillAsync();
            link.Heal();
            agent.Start();
        }

        public Task KillServerAsync() => identities.Server.KillAndStartAsync(() =>
        {
            link.Heal();
            return Task.CompletedTask;
        });

        /// <summary>The agent is in, with the one identity that its host has.</summary>
        public async Task SettledAsync(string? notBy = null)
        {
            CertificateView? used = null;
            await agent.UntilAsync(state => state.Connected && agent.Serial() != notBy, "it was in again");
            await identities.UntilAsync(
                host, all => (used = Assert.Single(all, one => one.State is "used")).Serial == agent.Serial(), "the host's identity was the one that its agent has");
            if (_former.Count is 0 || used!.Serial != _former[^1].SerialNumber)
            {
                _former.Add(agent.Certificate());
            }
        }

        /// <summary>The key that was certified once is the host's, now or when it is asked to renew.</summary>
        public async Task RenewedAsync(string key)
        {
            if ((await UsedAsync()).Key != key)
            {
                string before = agent.Serial();
                identities.Rotate();
                await SettledAsync(notBy: before);
            }

            Assert.Equal(key, (await UsedAsync()).Key);
        }

        public async Task FormerOnesAreRefusedAsync()
        {
            Assert.True(_former.Count >= 6, $"{_former.Count} identities in all");
            foreach (X509Certificate2 former in _former.SkipLast(1))
            {
                using OpensslClient thief = new(new Uri(identities.Server.Agents), former);
                Assert.Contains($"{LinkProtocol.RefusalHeader}: {Refusals.Superseded}", await thief.AskAsync(resume: false), StringComparison.Ordinal);
            }

            _former.ForEach(one => one.Dispose());
        }
    }
}
