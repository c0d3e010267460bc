using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A token is not used for an identity that finds no room (spire#2454: a one-time token and a restart made a stranded agent).</summary>
public sealed class EnrolmentFullDiskTests
{
    [Theory]
    [InlineData(nameof(Inside_Spire2454_DiskFull_NoTokenIsUsedAndTheHostJoinsWhenThereIsRoom))]
    [InlineData(nameof(Inside_Spire2454_DiskFullsWhileTheServerAnswers_TheIdentityHasTheRoomThatWasTakenForIt))]
    public async Task OnASmallDisk(string method)
    {
        Assert.SkipUnless(SmallDisk.Possible, "needs root to mount a small disk in a namespace of its own, and unshare (util-linux)");
        string? said = await SmallDisk.RunAsync("Fleet.Agent.Tests", $"{nameof(EnrolmentFullDiskTests)}.{method}", 1024, TestContext.Current.CancellationToken);
        Assert.SkipWhen(said is null, "mounts are not permitted here");
        Assert.True(said is "", said);
    }

    [Fact(Explicit = true)]
    public async Task Inside_Spire2454_DiskFull_NoTokenIsUsedAndTheHostJoinsWhenThereIsRoom()
    {
        using TestAuthority authority = new();
        int asked = 0;
        await using TestServer server = await TestServer.StartAsync(authority, request =>
        {
            Interlocked.Increment(ref asked);
            return Results.Ok(authority.Enroll(request, new HostId(Guid.CreateVersion7())));
        });
        string ballast = SmallDisk.Fill(SmallDisk.Place);
        Enrolment enrolment = Enrolment(server);

        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => enrolment.JoinAsync(EnrolmentTests.Facts(), TestContext.Current.CancellationToken));
        Assert.Equal(EnrolmentFailure.Disk, e.Failure);
        Assert.Contains("Make room", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, asked);

        Task<AgentIdentity> joining = enrolment.EnsureAsync(EnrolmentTests.Facts(), TestContext.Current.CancellationToken);
        File.Delete(ballast);
        using AgentIdentity identity = await joining;

        Assert.Equal(1, asked);
        using AgentIdentity? loaded = new IdentityFiles(SmallDisk.Place).Load();
        Assert.Equal(identity.Host, loaded!.Host);
    }

    [Fact(Explicit = true)]
    public async Task Inside_Spire2454_DiskFullsWhileTheServerAnswers_TheIdentityHasTheRoomThatWasTakenForIt()
    {
        using TestAuthority authority = new();
        await using TestServer server = await TestServer.StartAsync(authority, request =>
        {
            SmallDisk.Fill(SmallDisk.Place);
            return Results.Ok(authority.Enroll(request, new HostId(Guid.CreateVersion7())));
        });

        using AgentIdentity identity = await Enrolment(server).JoinAsync(EnrolmentTests.Facts(), TestContext.Current.CancellationToken);

        using AgentIdentity? loaded = new IdentityFiles(SmallDisk.Place).Load();
        Assert.Equal(identity.Host, loaded!.Host);
        Assert.Equal(["current.json"], Directory.GetFiles(Path.Combine(SmallDisk.Place, "identity")).Select(Path.GetFileName));
    }

    private static Enrolment Enrolment(TestServer server) => new([server.Url], server.Token(), SmallDisk.Place, TimeProvider.System, NullLogger.Instance);
}
