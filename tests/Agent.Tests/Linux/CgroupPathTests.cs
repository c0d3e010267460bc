using Fleet.Agent.Linux;

namespace Fleet.Agent.Tests.Linux;

public sealed class CgroupPathTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("0::/system.slice/nvme-health.service", "nvme-health.service", null)]
    [InlineData("0::/user.slice/user-1000.slice/session-3.scope", "session-3.scope", null)]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/probe.service", "probe.service", null)]
    [InlineData($"0::/system.slice/docker-{Id}.scope", $"docker-{Id}.scope", Id)]
    [InlineData($"0::/docker/{Id}", null, Id)]
    [InlineData($"0::/machine.slice/libpod-{Id}.scope/container", $"libpod-{Id}.scope", Id)]
    [InlineData($"0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/cri-containerd-{Id}.scope", $"cri-containerd-{Id}.scope", Id)]
    [InlineData($"0::/kubepods/besteffort/pod0a1b/{Id}", null, Id)]
    [InlineData($"0::/kubepods.slice/kubepods-pod1.slice/crio-{Id}.scope", $"crio-{Id}.scope", Id)]
    [InlineData("0::/lxc.payload.build01/system.slice/sshd.service", "sshd.service", "build01")]
    [InlineData("0::/lxc/build01", null, "build01")]
    [InlineData("0::/machine.slice/machine-build\\x2d01.scope", "machine-build\\x2d01.scope", "build-01")]
    [InlineData("0::/machine.slice/systemd-nspawn@web.service/payload", "systemd-nspawn@web.service", "web")]
    [InlineData("0::/machine.slice/machine-qemu\\x2d1\\x2dguest.scope/libvirt/emulator", "machine-qemu\\x2d1\\x2dguest.scope", null)]
    [InlineData("12:cpu:/x\n1:name=systemd:/system.slice/old.service\n0::/", "old.service", null)]
    [InlineData("0::/system.slice/odd:name.service", "odd:name.service", null)]
    [InlineData("0::/", null, null)]
    [InlineData("", null, null)]
    [InlineData("nonsense", null, null)]
    public void Parse_KnownForms_GivesUnitAndContainer(string text, string? unit, string? container)
    {
        Assert.Equal(new CgroupPath(unit, container), CgroupPath.Parse(text));
    }
}
