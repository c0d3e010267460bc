using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Live;
using Fleet.Server.Tests.Rollouts;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Lists;

/// <summary>A fleet whose hosts differ in everything that lists are ordered by, and are alike often enough.</summary>
public sealed class SortedFleet : IAsyncLifetime
{
    public const int Hosts = 40;

    private static readonly string?[] Kernels = ["6.12", "5.15", null, "6.1"];
    private static readonly string[] Drivers = ["nvme", "mlx5_core", "nvidia"];
    private readonly TestFleet _fleet = new();

    public static int Functions => Enumerable.Range(0, Hosts).Sum(host => host % 5);

    public HttpClient Api => _fleet.Api;

    internal HostDirectory Directory => _fleet.Services.GetRequiredService<HostDirectory>();

    public async ValueTask InitializeAsync()
    {
        await _fleet.InitializeAsync();
        foreach (int number in Enumerable.Range(0, Hosts).OrderBy(number => number * 17 % Hosts))
        {
            Add($"s-{number:d2}", number);
        }

        for (int number = 0; number < 3; number++)
        {
            Add($"t-{number}", number: 0);
        }
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    internal Task<T> SendAsync<T>(HttpMethod method, string path, object? body = null) => _fleet.SendAsync<T>(method, path, body);

    internal Task PutPolicyAsync(string name, string hosts) => _fleet.PutPolicyAsync(name, hosts);

    internal Task<RolloutView> StartRolloutAsync(string policy, params WaveSpec[] waves) => _fleet.StartRolloutAsync(policy, waves);

    internal Task<Page<T>> PageAsync<T>(string path) => _fleet.SendAsync<Page<T>>(HttpMethod.Get, path);

    /// <summary>All pages of a list.</summary>
    internal async Task<IReadOnlyList<T>> PagesAsync<T>(string path)
    {
        List<T> all = [];
        for (string? cursor = null; ;)
        {
            Page<T> page = await PageAsync<T>(cursor is null ? path : $"{path}&cursor={cursor}");
            all.AddRange(page.Items);
            if (page.Next is null)
            {
                return all;
            }

            cursor = page.Next;
        }
    }

    private void Add(string name, int number)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow().AddHours(-number);
        HostId id = new(Guid.CreateVersion7(now));
        Directory.Add(new HostRow
        {
            Id = id,
            Name = name,
            MachineId = name,
            KeyThumbprint = name,
            Joined = now,
            LastSeen = now,
            JoinTokenId = "test",
            AdmittedBy = "admin",
            Access = number % 7 is 0 ? AccessState.Banned : AccessState.Member,
        });
        Directory.Update(id, host => host with
        {
            Hello = Kernels[number % 4] is { } kernel ? new HelloMessage(3, 1, Facts(name, kernel, number), "hash", new Dictionary<string, string>()) : null,
            Inventory = new InventoryReport("hash", [.. Enumerable.Range(0, number % 5).Select(each => Function(number, each))]),
            State = new StateReport(0, [], [.. Enumerable.Range(0, number % 3).Select(each => Claim(number, each, now))], 0, null),
        });
    }

    private static HostFacts Facts(string name, string kernel, int number) => new()
    {
        Name = name,
        MachineId = name,
        BootId = name,
        Kernel = kernel,
        Architecture = "x86_64",
        Lockdown = "none",
        AgentVersion = $"0.{number % 3}",
        Intercept = "mirror",
        Mode = (EnforcementMode)(number % 3),
    };

    private static FunctionFacts Function(int number, int each) => new()
    {
        Address = new PciAddress(0, (byte)(each + 1), 0, (byte)(number % 2)),
        VendorId = number % 2 is 0 ? "144d" : "15b3",
        DeviceId = $"{number:x4}",
        ClassCode = "010802",
        Driver = Drivers[number % 3],
        DeviceName = number % 4 is 0 ? null : $"Device {number % 6}",
        Mailboxes = [new MailboxFacts { Offset = 0x100 + (number % 4 * 0x40), Owner = number % 2 is 0 ? "broker" : "kernel", OwnerReason = "so it is", State = number % 3 is 0 ? "busy" : "free" }],
    };

    private static ClaimFacts Claim(int number, int each, DateTimeOffset since) => new()
    {
        Id = $"{number}-{each}",
        Function = new PciAddress(0, (byte)(each + 1), 0, 0),
        Offset = 0x40,
        Length = 8,
        Holder = $"tool {number % 5}",
        Source = ClaimSource.Local,
        Mode = EnforcementMode.Enforce,
        OnRead = ClaimAction.Allow,
        OnWrite = ClaimAction.Refuse,
        Since = since,
    };
}
