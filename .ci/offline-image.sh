#!/bin/sh
# .ci/offline-image.sh — builds a Postgres image on Debian as root, without pulling from any image registry.
#
#   .ci/docker.sh && .ci/offline-image.sh
#   BYSTANDER_POSTGRES_IMAGE=bystander-postgres:15 npm run certify -- --database docker
#
# The image behaves like the official one as far as PostgreSqlContainer needs: POSTGRES_USER,
# POSTGRES_PASSWORD and POSTGRES_DB prepare the data directory on the first start, and the server is PID 1.
# Python is there for the image of examples/python. Packages come from the mirror that this machine's apt already uses. Skipped when the image exists.
set -eu

suite=bookworm
major=15
image="bystander-postgres:$major"

if docker image inspect "$image" >/dev/null 2>&1; then
	echo "offline-image: $image is already there"
	exit 0
fi

if ! command -v debootstrap >/dev/null; then
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi

# Empty when apt knows none for this release: debootstrap then takes its default.
mirror=$(apt-get indextargets --format '$(SITE)' "Codename: $suite" 2>/dev/null | head -n 1)

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase "--include=postgresql-$major,python3-psycopg2" "$suite" "$root" ${mirror:+"$mirror"}

# The package makes a cluster of its own; the entrypoint makes one where the official image has it.
rm -rf "$root/var/lib/postgresql/$major" "$root/etc/postgresql/$major"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/locale/*

cat >"$root/usr/local/bin/docker-entrypoint.sh" <<'ENTRYPOINT'
#!/bin/sh
set -eu
: "${PGDATA:=/var/lib/postgresql/data}" "${POSTGRES_USER:=postgres}" "${POSTGRES_DB:=${POSTGRES_USER:-postgres}}"
export PGDATA
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }

if [ ! -s "$PGDATA/PG_VERSION" ]; then
	: "${POSTGRES_PASSWORD:?must be set}"
	install -d -o postgres -g postgres -m 0700 "$PGDATA"
	secret=$(mktemp)
	chown postgres "$secret"
	printf '%s\n' "$POSTGRES_PASSWORD" >"$secret"
	as_postgres initdb -U "$POSTGRES_USER" --pwfile="$secret" -A scram-sha-256 -E UTF8 --locale=C -N
	rm -f "$secret"
	echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
	if [ "$POSTGRES_DB" != postgres ]; then
		printf 'CREATE DATABASE "%s";\n' "$POSTGRES_DB" | as_postgres postgres --single -j -D "$PGDATA" postgres >/dev/null
	fi
fi

install -d -o postgres -g postgres -m 2775 /var/run/postgresql
unset POSTGRES_PASSWORD
if [ "${1:-}" = postgres ]; then
	shift
	set -- postgres -c listen_addresses='*' "$@"
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
ENTRYPOINT
chmod 0755 "$root/usr/local/bin/docker-entrypoint.sh"

tar -C "$root" -c . | docker import \
	--change "ENV PATH=/usr/lib/postgresql/$major/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
	--change 'ENV PGDATA=/var/lib/postgresql/data' \
	--change 'ENTRYPOINT ["docker-entrypoint.sh"]' \
	--change 'VOLUME /var/lib/postgresql/data' \
	--change 'EXPOSE 5432' \
	--change 'CMD ["postgres"]' \
	- "$image"
