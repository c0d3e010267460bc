# shellcheck shell=bash
# Two programs at one mailbox without an agent: what the broker is there to prevent.
cxl unbind
two_tools "$RIG_OUT/10-kernel/0000:0d:00.0.cdat" 20000
# Whatever they left behind is ended, as a requester does.
setpci -s 0d:00.0 198.l=1
cxl bind
