#!/bin/sh
# Says in SPDX 2.3 what an image or a package is made of: the program, and the Debian packages of its libraries. The name of
# the document holds what it is of: another image is another document.
#   deploy/spdx.sh FILE <DPKG-STATUS
set -eu
here=$(dirname "$0")
jq -RscS --arg created "$("$here/version.sh" time)" --arg version "$("$here/version.sh" version)" \
	--arg id "$(sha256sum "$1" | cut -d ' ' -f 1)" '
	def package($name; $version; $license; $supplier; $purl): {
		SPDXID: ("SPDXRef-" + ($name | gsub("[^A-Za-z0-9.]"; "-"))), $name, versionInfo: $version, $supplier,
		downloadLocation: "NOASSERTION", filesAnalyzed: false, licenseConcluded: "NOASSERTION", licenseDeclared: $license,
		copyrightText: "NOASSERTION",
		externalRefs: [{referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: $purl}]};
	[split("\n\n")[] | select(length > 0) | [split("\n")[] | capture("^(?<key>[A-Za-z-]+): (?<value>.*)$")] | from_entries
		| package(.Package; .Version; "NOASSERTION"; "Organization: Debian";
			"pkg:deb/debian/\(.Package | @uri)@\(.Version | @uri)?arch=\(.Architecture)")] as $debian
	| package("backup-guard"; $version; "Apache-2.0"; "NOASSERTION"; "pkg:generic/backup-guard@\($version)") as $own
	| {spdxVersion: "SPDX-2.3", dataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT", name: "backup-guard-\($version)",
		documentNamespace: "https://spdx.org/spdxdocs/backup-guard-\($version)-\($id)",
		creationInfo: {$created, creators: ["Tool: deploy/spdx.sh"]}, packages: ([$own] + $debian),
		relationships: ([{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: $own.SPDXID}]
			+ [$debian[] | {spdxElementId: $own.SPDXID, relationshipType: "DYNAMIC_LINK", relatedSpdxElement: .SPDXID}])}'
