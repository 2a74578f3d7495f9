# shellcheck shell=bash disable=SC2154 # sourced by run.sh
# The image: a valid OCI archive, the same bytes twice, and a program that runs with nothing but what is in it.

SOURCE_COMMIT=$(deploy/version.sh commit) SOURCE_DATE_EPOCH=$(deploy/version.sh epoch) # whoever commits meanwhile
export SOURCE_COMMIT SOURCE_DATE_EPOCH
layout=$tmp/layout root=$tmp/root
blobs=$layout/blobs/sha256

json() { # file, expression
	jq -r "$2" "$1"
}

blob_of() { # descriptor's expression, file: the file of the blob
	echo "$blobs/$(json "$2" "$1.digest" | cut -d : -f 2)"
}

digests_fit() {
	local file
	for file in "$blobs"/*; do
		[ "$(sha256sum "$file" | cut -d ' ' -f 1)" = "${file##*/}" ] || echo "$file has other bytes than its name says"
	done
	for pair in "$layout/index.json .manifests[0]" "$index .manifests[0]" "$manifest .config" "$manifest .layers[0]"; do
		local in=${pair% *} what=${pair#* }
		[ "$(stat -c %s "$(blob_of "$what" "$in")")" = "$(json "$in" "$what.size")" ] || echo "$what has another size"
	done
}

dockerfile() { # instruction: its arguments in the last stage, without JSON's signs
	awk '/^FROM/ { text = "" } { text = text $0 "\n" } END { printf "%s", text }' deploy/Dockerfile |
		sed -n "s/^$1 //p" | tr -d '[]"'
}

unexpected_files() {
	(cd "$root" && find . -type f -o -type l) | sed 's/^\.//' |
		grep -vE '^/(backup-guard|etc/passwd|etc/group|etc/os-release|var/lib/dpkg/status|(usr/)?lib(64)?/([a-z0-9_-]+/)?[A-Za-z0-9_+.-]+\.so(\.[0-9]+)*)$'
	find "$root" -perm /6000 # setuid, setgid
	true
}

libraries_are_complete() {
	diff <(ldd "$guard" | sed -nE 's/^.*[[:space:]](\/[^ ]+) \(.*/\1/p' | sort) \
		<(cd "$root" && find . -name '*.so*' | sed 's/^\.//' | sort)
}

# Each library is of a package that a scanner finds, and of nothing else is said that it is there.
# shellcheck disable=SC2016 # the fields are dpkg's
packages_fit() {
	diff <((cd "$root" && find . -name '*.so*') | sed -E 's|^\.(/usr)?(.*)|\2\n/usr\2|' | xargs dpkg-query -S 2>/dev/null |
		sed '/^diversion /d; s/:.*//' | sort -u) <(sed -n 's/^Package: //p' "$root/var/lib/dpkg/status" | sort)
	diff <(awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }' "$root/var/lib/dpkg/status" | sort) \
		<(sed -n "s/^Package: \(.*\)/\1:$(dpkg --print-architecture)/p" "$root/var/lib/dpkg/status" |
			xargs dpkg-query -W -f '${Package} ${Version}\n' | sort)
}

# Names are there once, all that is named is there, and the packages are those of the image.
spdx_fits() {
	jq -r '(.packages | map(.SPDXID)) as $ids | (["SPDXRef-DOCUMENT"] + $ids) as $all
		| ($ids | group_by(.)[] | select(length > 1) | "twice: \(.[0])"),
		  (.relationships[] | .spdxElementId, .relatedSpdxElement | select(IN($all[]) | not) | "not there: \(.)")' "$1"
	diff <(jq -r '.packages[1:][] | "\(.name) \(.versionInfo)"' "$1" | sort) \
		<(awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }' "$root/var/lib/dpkg/status" | sort)
	jq -r '.packages[] | select(.externalRefs[0].referenceLocator | test("^pkg:(deb/debian|generic)/[^@]+@[^@]+$") | not) | .name' "$1"
}

serves() {
	local pid address tries=600
	"${enter[@]}" /backup-guard serve --cert /tls/tls.crt --key /tls/tls.key --listen 127.0.0.1:0 --health 127.0.0.1:0 \
		--drain 0s 2>"$tmp/serve.log" &
	pid=$!
	until address=$(jq -r 'select(.health) | .health' "$tmp/serve.log" 2>/dev/null) && [ -n "$address" ]; do
		tries=$((tries - 1))
		if [ "$tries" = 0 ] || ! kill -0 "$pid" 2>/dev/null; then
			cat "$tmp/serve.log"
			kill "$pid"
			return 1
		fi
		read -rt 0.1 <> <(:) || true
	done
	is "$(curl -s --max-time 10 "http://$address/readyz")" ok
	address=$(jq -r 'select(.listen) | .listen' "$tmp/serve.log")
	is "$(curl -s --max-time 10 --cacert "$tmp/tls/ca.crt" -H 'Content-Type: application/json' \
		--data-binary @tests/serve/schedule.json "https://$address/validate" | jq -r .response.status.reason)" Invalid
	[ "${enter[0]}" != chroot ] || is "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")" 65532
	kill "$pid"
	wait "$pid"
}

# As a Pod: with its service account, over TLS, under the CA that stands beside the token. Exit 1: it has findings.
audits() {
	local pid tries=600 account=$root/var/run/secrets/kubernetes.io/serviceaccount fake=$tmp/api
	mkdir -p "$account" "$fake"
	printf token >"$account/token"
	printf backup-guard >"$account/namespace"
	install -m 644 "$tmp/tls/ca.crt" "$account/ca.crt"
	tests/kube/cluster.py >"$fake/objects.json"
	tests/kube/fake.py "$fake" --tls "$tmp/tls/tls.crt" "$tmp/tls/tls.key" 2>"$fake/stderr" &
	pid=$!
	until [ -s "$fake/address" ] || [ "$((tries -= 1))" = 0 ]; do
		read -rt 0.1 <> <(:) || true
	done
	env -u KUBECONFIG KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT="$(cut -d : -f 2 "$fake/address")" \
		"${enter[@]}" /backup-guard audit -A --no-secrets --profile generic --now 2026-11-22T12:00:00Z >"$tmp/audited" 2>&1
	[ "$? $(grep -c '^paperless/paperless-db .* ok$' "$tmp/audited")" = "1 1" ] || cat "$tmp/audited"
	kill "$pid"
	wait "$pid"
	true
}

# Its server is gone: for a Pod that is what a NetworkPolicy looks like that holds the port back.
blames() {
	local address
	address=$(<"$tmp/api/address")
	env -u KUBECONFIG KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT="${address#*:}" \
		"${enter[@]}" /backup-guard audit -A --format json 2>&1 | tr -s ' \n' ' ' >"$tmp/blamed"
	grep -q "https://$address: .*a NetworkPolicy has to let this Pod out to the port of the Service kubernetes" "$tmp/blamed" || cat "$tmp/blamed"
}

not_in_program() {
	! grep -aoF "$1" "$guard"
}

check "the image is written" bash -c "deploy/image.sh '$tmp/image.tar' '$guard' >/dev/null"
check "the same program gives the same bytes" bash -c \
	"deploy/image.sh '$tmp/again.tar' '$guard' >/dev/null && cmp '$tmp/image.tar' '$tmp/again.tar'"
mkdir -p "$layout" "$root"
tar -xf "$tmp/image.tar" -C "$layout"
index=$(blob_of '.manifests[0]' "$layout/index.json")
manifest=$(blob_of '.manifests[0]' "$index")
config=$(blob_of .config "$manifest") layer=$(blob_of '.layers[0]' "$manifest")
check "imported by containerd it has the name that a Pod of install.yaml asks for" is \
	"$(json "$layout/index.json" '.manifests[0].annotations["io.containerd.image.name"]')" \
	"docker.io/library/$(sed -n 's/^ *image: //p' deploy/install.yaml)"
check "it is an OCI layout of one index" is "$(json "$layout/oci-layout" .imageLayoutVersion) $(json "$index" .mediaType) $(json "$manifest" .mediaType)" \
	"1.0.0 application/vnd.oci.image.index.v1+json application/vnd.oci.image.manifest.v1+json"
check "which names the platform" is "$(json "$index" '.manifests[] | .platform | "\(.os)/\(.architecture)"')" "linux/$(dpkg --print-architecture)"
check "blobs have the digests and sizes that are said of them" digests_fit
check "the layer is the one that the configuration names" is \
	"sha256:$(gzip -dc "$layer" | sha256sum | cut -d ' ' -f 1)" "$(json "$config" '.rootfs.diff_ids[0]')"
check "the Dockerfile has the same user, entrypoint and ports" is "$(dockerfile USER) $(dockerfile ENTRYPOINT) $(dockerfile EXPOSE)" \
	"$(json "$config" '.config | "\(.User) \(.Entrypoint[0]) " + ([.ExposedPorts | keys_unsorted[] | rtrimstr("/tcp")] | sort | reverse | join(" "))')"
check "and the same labels" is "$(grep -oE 'org\.opencontainers[^ ]+' deploy/Dockerfile | sort)" \
	"$(json "$config" '.config.Labels | to_entries[] | "\(.key)=\(.value)"' | grep -vE '[.](created|revision)=' | sort)"
check "and besides those of the commit" is "$(json "$config" '.config.Labels | "\(.["org.opencontainers.image.created"]) \(.["org.opencontainers.image.revision"] // "")"')" \
	"$(deploy/version.sh time) $(deploy/version.sh commit)"
SOURCE_URL=https://git.example.org/guard deploy/image.sh "$tmp/again.tar" "$guard" >/dev/null
check "and of where the source is, when that is said" is \
	"$(tar -xOf "$tmp/again.tar" | grep -aoE '"org.opencontainers.image.source":"[^"]*"')" '"org.opencontainers.image.source":"https://git.example.org/guard"'
check "no path of the folder in which it was built is in the program" not_in_program "$PWD/src/"
check "the Dockerfile takes its files from deploy/rootfs.sh" is "$(dockerfile COPY) $(grep -c 'deploy/rootfs.sh build/release/backup-guard /rootfs$' deploy/Dockerfile)" \
	"--from=build /rootfs / 1"

tar -xzf "$layer" -C "$root"
check "nothing is in it but the program, its libraries, the user's name and what scanners read" unexpected_files
check "scanners find Debian, its release and the packages of all libraries" packages_fit
check "and they are those of this Debian" cmp "$root/etc/os-release" /etc/os-release
check "the SPDX document beside it names them and the program" spdx_fits "$tmp/image.$(dpkg --print-architecture).spdx.json"
check "all its libraries are in it" libraries_are_complete
check "the manifests run that user" is "$(tally deploy/install.yaml runAsUser) $(json "$config" .config.User)" "1 65532 65532:65532"
version=$("$guard" version | sed 's/.* //')
other_versions() { # lines that name a version of ours, and not this one
	grep -rnE '(backup-guard:|newTag: "?|image\.version=|^(appV|v)ersion: "?)v?[0-9]+\.[0-9]' deploy README.md .github | grep -vE "[^0-9.]${version//./\\.}([^0-9.]|\$)"
	[ "$(sed -n 's/^## \[\([0-9][^]]*\)\] - [0-9-]*$/\1/p' .github/CHANGELOG.md | head -n 1)" = "$version" ] || echo "the newest version in CHANGELOG.md is another"
	[ "$(deploy/version.sh version)" = "$version" ] || echo "deploy/version.sh says another"
}
check "no file names another version, and the change log has it" other_versions
check "manifests, chart and image are of that version" is "$(tally deploy/install.yaml image) $(
	sed -n 's/^appVersion: //p' deploy/helm/backup-guard/Chart.yaml) $(json "$config" '.config.Labels["org.opencontainers.image.version"]')" \
	"1 backup-guard:$version \"$version\" $version"

if [ "$(id -u)" = 0 ]; then enter=(chroot --userspec=65532:65532 "$root"); else enter=(unshare -r chroot "$root"); fi
if ! "${enter[@]}" /backup-guard version >/dev/null 2>"$tmp/why" && [ "$(id -u)" != 0 ]; then
	skip "the image in a chroot" "$(head -n 1 "$tmp/why")"
	return 0
fi
check "in a chroot of it the program says its version" is "$("${enter[@]}" /backup-guard version)" "$("$guard" version)"
"$guard" certs init "$tmp/tls" localhost 127.0.0.1 >/dev/null
mkdir "$root/tls"
install -m 644 "$tmp/tls/tls.crt" "$tmp/tls/tls.key" "$root/tls/"
check "and serves, without root, with nothing to write to" serves
check "and asks an API server as a Pod does" audits
check "and says what may hold a Pod back from it" blames
