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
mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /root

# What is of this machine and not of the guest is covered.
for place in proc sys dev; do
    mount --move "/$place" "/root/$place"
done
mount -t tmpfs -o mode=755 run /root/run
mkdir -p /root/dev/shm /root/dev/pts /root/run/rig /root/lib/modules
mount -t tmpfs shm /root/dev/shm
mount -t devpts pts /root/dev/pts
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose out /root/run/rig
cp -r /lib/modules/. /root/lib/modules/
for kind in tracing debug security; do
    mount -t "${kind}fs" none "/root/sys/kernel/$kind" 2>/dev/null || mount -t tracefs none "/root/sys/kernel/$kind" 2>/dev/null
done
hostname rig
ip link set lo up
ln -sf /proc/self/fd /root/dev/fd
cp /rig/command /root/run/command

echo "rig: ready $(cut -d ' ' -f 1 /root/proc/uptime) s after the kernel's start"
chroot /root /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 TERM=dumb \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_TieredPGO=0 \
    bash -c 'bash /run/command; echo $? >/run/status' </dev/null 2>&1 | cat
status=$(cat /root/run/status)
umount /root/run/rig 2>/dev/null
echo "$status" >/root/dev/ttyS1
sync
poweroff -f
