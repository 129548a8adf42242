# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For scripts that fetch another release's packages: to be sourced.

# debian_mirror: the mirror that this machine gets Debian from: asked of apt, which need not have any
# lists yet. Nothing if there is none.
debian_mirror() {
	local codename
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	apt-get update --print-uris |
		sed -n "s|^'\(.*\)/dists/$codename/InRelease'.*|\1|p" | sed -n 1p
}
