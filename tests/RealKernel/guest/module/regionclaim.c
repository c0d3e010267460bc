// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that claims a region of a function's configuration space for the kernel, as amd_node does on real machines. The kernel lets a
 * write from user space into it pass, but says so in its log once and taints itself.
 *
 * insmod regionclaim.ko function=0000:0d:00.0 offset=0x190 length=0x18
 */
#include <linux/module.h>
#include <linux/pci.h>

static char *function;
static uint offset;
static uint length;
static struct pci_dev *claimed;

module_param(function, charp, 0444);
module_param(offset, uint, 0444);
module_param(length, uint, 0444);

static int __init region_claim(void)
{
	unsigned int domain, bus, device, number;

	if (!function || sscanf(function, "%x:%x:%x.%x", &domain, &bus, &device, &number) != 4)
		return -EINVAL;
	claimed = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(device, number));
	if (!claimed)
		return -ENODEV;
	if (!pci_request_config_region_exclusive(claimed, offset, length, KBUILD_MODNAME)) {
		pci_dev_put(claimed);
		return -EBUSY;
	}
	return 0;
}

static void __exit region_release(void)
{
	pci_release_config_region(claimed, offset, length);
	pci_dev_put(claimed);
}

module_init(region_claim);
module_exit(region_release);
MODULE_DESCRIPTION("Claims a region of configuration space");
MODULE_LICENSE("GPL");
