/*
 * Where an archive lies. Two configurations that write to one place have one normalised location:
 * host in lower case, default port dropped, slashes collapsed, no trailing slash; endpoint "" and
 * every regional host of AWS are s3.amazonaws.com. S3, GCS and Azure forms as barman's cloud
 * providers parse them (barman/cloud_providers): query and fragment are no part of the location.
 */
#ifndef CNPG_LOCATION_H
#define CNPG_LOCATION_H

#include "base/buf.h"
#include "base/str.h"

/* scheme://[userinfo@]host[:port][/path][?query][#fragment], split and nothing more. Parts are
 * slices of the text, empty when absent, an IPv6 host with its brackets; false when there is no
 * "scheme://". */
struct url {
	struct str scheme, userinfo, host, port, path, query, fragment;
};
bool url_split(struct str text, struct url *out);

/* What Python's urlparse reads: blanks and control characters in front are dropped. So are tabs and
 * line breaks anywhere, which is seen to where it counts. */
struct str url_without_front(struct str text);

/* https://Host:443/ and https://host are the same endpoint. */
bool endpoint_equal(struct str a, struct str b);
/* A host that only a cluster or a LAN can reach: *.svc, *.svc.*, one label, *.local, *.internal,
 * *.lan, *.home.arpa, loopback, link-local, RFC 1918, RFC 6598, ULA. */
bool host_is_local(struct str host);
/* NAME, NAME.NAMESPACE.svc or NAME.NAMESPACE.svc.DOMAIN: a Service is found so from Pods. */
bool host_is_service(struct str host);
bool host_is_aws(struct str host); /* *.amazonaws.com, *.amazonaws.com.cn */

/* botocore's own patterns: labels of letters, digits and inner hyphens, or an IPv6 address in
 * brackets; a port from 1 to 65535 or none; one label that is more than digits. */
bool host_is_valid(struct str host);
bool port_is_valid(struct str port);
bool region_is_label(struct str region);

/* "endpoint-host/bucket/path" of the directory that holds base/ and wals/; appends. Where barman
 * joins with os.path.join, a server name that begins with "/" replaces the path.
 * Without a server name: for comparing destinationPaths, where a trailing slash is no difference.
 */
void location_of(struct str endpoint, struct str destination, struct str server, struct buf *out);

#endif
