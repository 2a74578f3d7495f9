# shellcheck shell=bash disable=SC2154 # sourced by run.sh
# deploy/release.sh on a small tree of its own, where `make` makes next to nothing: what it asks for, and what it leaves.

released=$tmp/release
mkdir -p "$released/deploy" "$released/bin" "$released/include/base"
cp -r deploy/release.sh deploy/version.sh deploy/helm "$released/deploy/"
cp -r .github .gitignore "$released/"
cp include/base/program.h "$released/include/base/"
echo /bin/ >>"$released/.gitignore"
cat >"$released/bin/make" <<-'END'
	#!/bin/sh
	mkdir -p build && for name in cnpg-backup-guard-*.tar.gz backup-guard_1_amd64.deb backup-guard-image.tar backup-guard-image.amd64.spdx.json; do
		echo "$name" >"build/$(echo "$name" | sed "s/\*/$(deploy/version.sh version)/")"
	done
END
printf '#!/bin/sh\necho "$*" >>bin/signed\n' >"$released/bin/cosign"
chmod +x "$released/bin/"*
touch "$released/key" "$released/other.deb"
git_there() {
	git -C "$released" -c user.name=guard -c user.email=guard@example.org -c commit.gpgsign=false "$@"
}
git_there init -q
git_there add -A
git_there commit -qm all

release() { # VARIABLE=VALUE... -- word...
	local given=()
	while [ "$1" != -- ]; do given+=("$1") && shift; done
	shift
	(cd "$released" && env -u SOURCE_URL -u DEBEMAIL -u SOURCE_DATE_EPOCH -u SOURCE_COMMIT PATH="$released/bin:$PATH" "${given[@]}" deploy/release.sh "$@") 2>&1
}

publisher=(SOURCE_URL=https://git.example.org/guard DEBEMAIL=guard@example.org)
out=$released/build/release-$("$guard" version | sed 's/.* //')
check "a release asks for its tag" is "$(release "${publisher[@]}" --)" "release.sh: the tag v${out##*-} is not at HEAD"
git_there tag "v${out##*-}"
check "and who publishes it" is "$(release --)" "release.sh: SOURCE_URL and DEBEMAIL are not set"
touch "$released/include/new"
check "and for a tree without changes" is "$(release "${publisher[@]}" --)" "release.sh: the tree has changes that are not committed"
check "a dry run asks for nothing" is "$(release -- --dry-run --key key | grep '^not signed')" "not signed: --dry-run"
rm "$released/include/new"
check "what it knows nothing of it does not do" is "$(release -- --wet; ls "$released/bin/signed" 2>/dev/null)" \
	"usage: deploy/release.sh [--dry-run] [--key COSIGN-KEY] [FILE...]"
release "${publisher[@]}" HELM="${helm:-}" -- --key key other.deb >"$tmp/released" || cat "$tmp/released"
check "all files are in the sums, and those fit" is "$(cd "$out" && sha256sum -c --quiet SHA256SUMS 2>&1; cut -c 67- "$out/SHA256SUMS" | sort | xargs)" \
	"$(cd "$out" && find . -type f ! -name 'SHA256SUMS*' -printf '%P\n' | sort | xargs)"
check "those of another Debian, too" grep -qx "$(sha256sum <"$released/other.deb" | cut -d ' ' -f 1)  other.deb" "$out/SHA256SUMS"
check "which the key signs" grep -qE "^sign-blob .*--key $released/key .*/SHA256SUMS$|^sign-blob .*--key $released/key .* build/release-[0-9.]+/SHA256SUMS$" "$released/bin/signed"
if [ -z "${helm:-}" ]; then
	skip "the archive of the chart" "no helm"
	return 0
fi
chart=$out/backup-guard-chart-${out##*-}.tgz
check "the chart says where its source is" is "$(tar -xOzf "$chart" backup-guard/Chart.yaml | grep -A1 -E '^(home|sources):' | grep -c git.example.org)" 2
cp "$chart" "$tmp/chart.tgz"
release "${publisher[@]}" HELM="$helm" -- >/dev/null
check "and is the same bytes again" cmp "$chart" "$tmp/chart.tgz"
check "helm renders it as it does the folder" diff <("$helm" template any "$chart" -n backup-guard --kube-version 1.30.0) \
	<("$helm" template any deploy/helm/backup-guard -n backup-guard --kube-version 1.30.0)
