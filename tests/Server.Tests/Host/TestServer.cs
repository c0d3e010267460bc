using System.Net;
using System.Net.Http.Headers;
using Fleet.Contracts;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Hosting;
using Fleet.Server.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fleet.Server.Tests.Host;

/// <summary>A server as it is shipped, on ports of the system's choice, with a data directory of its own. Restartable.</summary>
public sealed class TestServer : IAsyncLifetime
{
    private ServerApp? _app;
    private string? _database;

    public string Data { get; init; } = Directory.CreateTempSubdirectory("fleet-server-").FullName;

    public string AdminToken => File.ReadAllText(Path.Combine(Data, "admin.token")).Trim();

    internal ServerApp App => _app ?? throw new InvalidOperationException("The server does not run.");

    internal IServiceProvider Services => App.Services;

    /// <summary>Where it listens when it is a process of its own, which somebody else starts and stops; null for one in this process.</summary>
    internal (Uri Http, Uri Agents)? Elsewhere { get; init; }

    internal Uri Http => Elsewhere?.Http ?? App.Addresses.Http;

    internal Uri Agents => Elsewhere?.Agents ?? App.Addresses.Agents;

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>A database that it shares with others; null for one of its own.</summary>
    internal string? Given { get; init; }

    /// <summary>The directory of keys that it shares with them.</summary>
    internal string? Keys { get; init; }

    internal AttestationTimes Times { get; init; } = new();

    /// <summary>Changes what the server is made of.</summary>
    internal Action<IServiceCollection>? Adjust { get; init; }

    public async ValueTask InitializeAsync()
    {
        _database = Given ?? await TestDatabase.CreateAsync();
        _app = await StartAsync();
    }

    internal Task<ServerApp> StartAsync(ServerOptions? options = null) => ServerApp.StartAsync(
        options ?? new ServerOptions { Http = new IPEndPoint(IPAddress.Loopback, 0), Agents = new IPEndPoint(IPAddress.Loopback, 0), DataDirectory = Data, Database = _database, Keys = Keys, Attestation = Times },
        CancellationToken.None,
        builder =>
        {
            builder.Services.TryAddSingleton<IAssignments, NoAssignments>();
            builder.Services.Replace(ServiceDescriptor.Singleton(Time));
            Adjust?.Invoke(builder.Services);
        });

    internal async Task RestartAsync()
    {
        await App.DisposeAsync();
        _app = await StartAsync();
    }

    /// <summary>Whether no agent of the host is connected.</summary>
    internal bool IsFree(HostId host) => !Services.GetRequiredService<HostPresence>().IsConnected(host);

    internal HttpClient Anonymous() => new(new ApiContract()) { BaseAddress = Http };

    internal HttpClient Admin()
    {
        HttpClient client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        await TestDatabase.DropAsync(Given is null ? _database : null);
        Directory.Delete(Data, recursive: true);
    }
}
