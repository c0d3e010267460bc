#!/bin/busybox sh
# shellcheck shell=dash
# First process of the guest: this machine's root below a layer in memory, the kernel's own file systems, the command, power off.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for module in virtio_pci 9pnet_virtio 9p overlay; do
    modprobe -q "$module"
done
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose root /lower
mount -t tmpfs -o size=75% layer /upper
mkdir /upper/files /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /machine

# What is of this machine and not of the guest is covered.
for place in proc sys dev; do
    mount --move "/$place" "/machine/$place"
done
mount -t tmpfs -o mode=755 run /machine/run
mkdir -p /machine/dev/shm /machine/dev/pts /machine/run/rig /machine/lib/modules
mount -t tmpfs shm /machine/dev/shm
mount -t devpts pts /machine/dev/pts
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose out /machine/run/rig
cp -r /lib/modules/. /machine/lib/modules/
for pair in tracefs:tracing debugfs:debug securityfs:security; do
    mount -t "${pair%%:*}" none "/machine/sys/kernel/${pair##*:}"
done
hostname rig
ip link set lo up
ln -sf /proc/self/fd /machine/dev/fd
cp /rig/command /machine/run/command

echo "rig: ready $(cut -d ' ' -f 1 /machine/proc/uptime) s after the kernel's start"
chroot /machine /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 TERM=dumb \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_TieredPGO=0 \
    bash -c 'bash /run/command; echo $? >/run/status' </machine/dev/null 2>&1 | cat
status=$(cat /machine/run/status)
umount /machine/run/rig 2>/machine/dev/null
echo "$status" >/machine/dev/ttyS1
sync
poweroff -f
