// What runs first inside a node's namespaces, as their process 1: makes the world that a kubelet expects, without a trace outside,
// then runs the node. When that ends, or this is killed, the kernel ends every process, container and mount of the node.
import { dnsAddress, nodeAddress, nodeName, serviceRange } from './addresses.ts'

/** Kernel settings on which a kubelet insists. They belong to the whole machine, so it is shown files instead. */
const kernelSettings: Readonly<Record<string, number>> = {
  'vm/overcommit_memory': 1,
  'vm/panic_on_oom': 0,
  'kernel/panic': 10,
  'kernel/panic_on_oops': 1,
  'kernel/keys/root_maxkeys': 1_000_000,
  'kernel/keys/root_maxbytes': 25_000_000,
}

const shownSettings = Object.entries(kernelSettings)
  .map(([name, value]) => `show ${value} /proc/sys/${name}`)
  .join('\n')

/** Arguments: the node's folder, then the command to run. Its standard input is the script's. */
export const holderScript: string = `
set -eu
folder=$1
shift
hostname ${nodeName}

# Network namespaces of pods are mounted below /run: on a file system of our own they end with us.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/folder /run/settings /run/var /run/var/changes /run/var/work

# The kubelet and the network plugins write to fixed places below /var: what they change stays here. Our own folder may lie there.
mount --bind "$folder" /run/folder
mount -t overlay -o lowerdir=/var,upperdir=/run/var/changes,workdir=/run/var/work overlay /var
mount --bind /run/folder "$folder"
umount /run/folder
for place in /var/lib/cni /var/lib/kubelet /var/log/containers; do
  mkdir -p "$place"
  mount -t tmpfs tmpfs "$place"
done
mount --make-rshared /

show() {
  shown=/run/settings/$(basename "$2")
  echo "$1" > "$shown"
  mount --bind "$shown" "$2"
}
${shownSettings}

ip link set lo up
ip address add ${nodeAddress}/32 dev lo
ip address add ${dnsAddress}/32 dev lo
ip route add ${serviceRange} dev lo src ${nodeAddress}
echo 1 > /proc/sys/net/ipv4/ip_forward

# In the background, where a shell would take its input away; this shell reaps what containers leave behind.
exec 3<&0
"$@" <&3 &
exec 3<&-
wait
`
