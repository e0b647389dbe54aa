#!/bin/sh
# Installs a Docker daemon from Debian's own packages and starts it in the background.
# Run as root; running it again changes nothing. The daemon's log is /var/log/dockerd.log.
set -eu

answers() { docker info >/dev/null 2>&1; }

if answers; then
	echo "docker: a daemon answers already"
	exit 0
fi

if ! command -v dockerd >/dev/null || ! command -v iptables >/dev/null; then
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends docker.io iptables >/dev/null
fi

# The package may have started it through an init system; a container or a bare VM has none.
if ! answers; then
	setsid nohup dockerd >/var/log/dockerd.log 2>&1 </dev/null &
fi

tries=0
until answers; do
	tries=$((tries + 1))
	if [ "$tries" -gt 150 ]; then
		echo "docker: the daemon does not answer after 30 s; its last words:" >&2
		tail -n 20 /var/log/dockerd.log >&2
		exit 1
	fi
	sleep 0.2
done
echo "docker: daemon $(docker version --format '{{.Server.Version}}') answers"
