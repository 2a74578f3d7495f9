#include "cnpg/location.h"

#include <arpa/inet.h>
#include <string.h>

#define GCS_BROWSER STR("https://console.cloud.google.com/storage/browser/")
#define GCS_HOST STR("storage.googleapis.com")

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z');
}

static char lower(char c)
{
	if (is_upper(c))
		return (char)(c + ('a' - 'A'));
	return c;
}

/* RFC 3986, 3.1 */
static bool is_scheme(struct str s)
{
	if (!s.len || !is_letter(s.ptr[0]))
		return false;
	for (size_t i = 1; i < s.len; i++) {
		char c = s.ptr[i];

		if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.')
			return false;
	}
	return true;
}

/* Cuts `*text` before the first `mark`; what follows the mark is returned. */
static struct str cut(struct str *text, char mark)
{
	size_t at = str_find_byte(*text, mark);
	struct str after = STR_EMPTY;

	if (at == STR_NONE)
		return after;
	after = str_slice(*text, at + 1, text->len);
	*text = str_slice(*text, 0, at);
	return after;
}

static size_t find_last(struct str s, char byte)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.ptr[i - 1] == byte)
			return i - 1;
	return STR_NONE;
}

static void split_authority(struct str authority, struct url *out)
{
	size_t at = find_last(authority, '@');
	size_t colon, bracket;

	if (at != STR_NONE) {
		out->userinfo = str_slice(authority, 0, at);
		authority = str_slice(authority, at + 1, authority.len);
	}
	out->host = authority;
	colon = find_last(authority, ':');
	bracket = find_last(authority, ']');
	if (colon == STR_NONE || (bracket != STR_NONE && bracket > colon))
		return;
	out->host = str_slice(authority, 0, colon);
	out->port = str_slice(authority, colon + 1, authority.len);
}

bool url_split(struct str text, struct url *out)
{
	size_t scheme = str_find(text, STR("://"));
	size_t slash;
	struct str rest;

	if (scheme == STR_NONE || !is_scheme(str_slice(text, 0, scheme)))
		return false;
	*out = (struct url){.scheme = str_slice(text, 0, scheme)};
	rest = str_slice(text, scheme + 3, text.len);
	out->fragment = cut(&rest, '#');
	out->query = cut(&rest, '?');
	slash = str_find_byte(rest, '/');
	if (slash != STR_NONE) {
		out->path = str_slice(rest, slash, rest.len);
		rest = str_slice(rest, 0, slash);
	}
	split_authority(rest, out);
	return true;
}

/* "host." is "host", written as an absolute name. */
static struct str without_dot(struct str host)
{
	return str_has_suffix(host, STR(".")) ? str_slice(host, 0, host.len - 1) : host;
}

/* 07070 is 7070. */
static struct str without_zeros(struct str port)
{
	while (port.len > 1 && port.ptr[0] == '0')
		port = str_slice(port, 1, port.len);
	return port;
}

static bool is_default_port(struct str scheme, struct str port)
{
	return !port.len || (str_eq_nocase(scheme, STR("https")) && str_is(port, "443")) ||
	       (str_eq_nocase(scheme, STR("http")) && str_is(port, "80"));
}

static struct str effective_port(const struct url *u)
{
	struct str port = without_zeros(u->port);

	return is_default_port(u->scheme, port) ? STR_EMPTY : port;
}

/* The next part between slashes that is not empty. */
static bool next_segment(struct str *rest, struct str *segment)
{
	while (str_split(rest, '/', segment))
		if (segment->len)
			return true;
	return false;
}

static bool segments_equal(struct str a, struct str b)
{
	struct str x, y;

	for (;;) {
		bool more = next_segment(&a, &x);

		if (more != next_segment(&b, &y))
			return false;
		if (!more)
			return true;
		if (!str_eq(x, y))
			return false;
	}
}

bool endpoint_equal(struct str a, struct str b)
{
	struct url x, y;

	if (!url_split(a, &x) || !url_split(b, &y))
		return segments_equal(a, b);
	return str_eq_nocase(x.scheme, y.scheme) && str_eq(x.userinfo, y.userinfo) &&
	       str_eq_nocase(without_dot(x.host), without_dot(y.host)) &&
	       str_eq(effective_port(&x), effective_port(&y)) && segments_equal(x.path, y.path) &&
	       str_eq(x.query, y.query) && str_eq(x.fragment, y.fragment);
}

static bool is_private_v4(const unsigned char ip[4])
{
	return ip[0] == 10 || ip[0] == 127 || (ip[0] == 172 && (ip[1] & 0xf0) == 16) ||
	       (ip[0] == 192 && ip[1] == 168) || (ip[0] == 169 && ip[1] == 254) ||
	       (ip[0] == 100 && (ip[1] & 0xc0) == 64);
}

static bool is_private_v6(const unsigned char ip[16])
{
	static const unsigned char loopback[16] = {[15] = 1};

	return !memcmp(ip, loopback, sizeof loopback) || (ip[0] & 0xfe) == 0xfc ||
	       (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80);
}

/* NAME.NAMESPACE.svc.DOMAIN; s3.svc.example.com is none. */
static bool is_service(struct str host)
{
	size_t svc = str_find(host, STR(".svc."));

	return svc != STR_NONE && str_find_byte(str_slice(host, 0, svc), '.') != STR_NONE;
}

bool host_is_service(struct str host)
{
	host = without_dot(host);
	return str_has_suffix_nocase(host, STR(".svc")) || is_service(host) ||
	       (host.len && str_find_byte(host, '.') == STR_NONE && host.ptr[0] != '[');
}

bool host_is_local(struct str host)
{
	static const struct str suffixes[] = {STR_INIT(".svc"),	      STR_INIT(".localhost"),
					      STR_INIT(".local"),     STR_INIT(".internal"),
					      STR_INIT(".home.arpa"), STR_INIT(".lan")};
	unsigned char ip[16];
	char text[INET6_ADDRSTRLEN];

	if (str_has_prefix(host, STR("[")) && str_has_suffix(host, STR("]")))
		host = str_slice(host, 1, host.len - 1);
	host = without_dot(host);
	if (!host.len)
		return false;
	if (host.len < sizeof text && str_find_byte(host, '\0') == STR_NONE) {
		memcpy(text, host.ptr, host.len);
		text[host.len] = '\0';
		if (inet_pton(AF_INET, text, ip) == 1)
			return is_private_v4(ip);
		if (inet_pton(AF_INET6, text, ip) == 1)
			return is_private_v6(ip);
	}
	if (str_find_byte(host, '.') == STR_NONE || is_service(host))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (str_has_suffix_nocase(host, suffixes[i]))
			return true;
	return false;
}

bool host_is_aws(struct str host)
{
	host = without_dot(host);
	return str_has_suffix_nocase(host, STR(".amazonaws.com")) ||
	       str_has_suffix_nocase(host, STR(".amazonaws.com.cn"));
}

static bool is_label_byte(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

bool host_is_valid(struct str host)
{
	struct str rest = host, label;

	if (str_has_prefix(host, STR("[")) && str_has_suffix(host, STR("]")))
		return true;
	if (str_has_suffix(host, STR(".")))
		rest = str_slice(host, 0, host.len - 1);
	while (str_split(&rest, '.', &label)) {
		if (!label.len || label.len > 63 || label.ptr[0] == '-' ||
		    label.ptr[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!is_label_byte(label.ptr[i]))
				return false;
	}
	return true;
}

bool port_is_valid(struct str port)
{
	int64_t n;

	return !port.len || (str_to_i64(port, &n) && n > 0 && n <= 65535);
}

bool region_is_label(struct str region)
{
	bool digits = true;

	for (size_t i = 0; i < region.len; i++) {
		if (!is_label_byte(region.ptr[i]))
			return false;
		digits &= region.ptr[i] >= '0' && region.ptr[i] <= '9';
	}
	return region.len && region.len <= 63 && !digits && region.ptr[0] != '-' &&
	       region.ptr[region.len - 1] != '-';
}

static void add_lower(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_byte(out, lower(s.ptr[i]));
}

static void add_segments(struct buf *out, struct str path)
{
	struct str segment;

	while (next_segment(&path, &segment)) {
		buf_byte(out, '/');
		buf_str(out, segment);
	}
}

static bool is_dropped_within(char c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

/* Of a URL: without what urlparse drops. */
static void add_url_segments(struct buf *out, struct str path)
{
	struct str segment;

	while (next_segment(&path, &segment)) {
		buf_byte(out, '/');
		for (size_t i = 0; i < segment.len; i++)
			if (!is_dropped_within(segment.ptr[i]))
				buf_byte(out, segment.ptr[i]);
	}
}

struct str url_without_front(struct str text)
{
	while (text.len && (unsigned char)text.ptr[0] <= ' ')
		text = str_slice(text, 1, text.len);
	return text;
}

static void add_host(struct buf *out, const struct url *u)
{
	struct str port = effective_port(u);

	add_lower(out, without_dot(u->host));
	if (port.len) {
		buf_byte(out, ':');
		buf_str(out, port);
	}
}

/* Bucket names of AWS are unique in a partition, whichever regional host is asked. */
static void add_endpoint(struct buf *out, struct str endpoint)
{
	struct url u;

	if (!endpoint.len) {
		buf_text(out, "s3.amazonaws.com");
	} else if (!url_split(endpoint, &u)) {
		add_lower(out, endpoint);
	} else if (host_is_aws(u.host)) {
		buf_text(out, "s3.amazonaws.com");
		if (str_has_suffix_nocase(without_dot(u.host), STR(".cn")))
			buf_text(out, ".cn");
	} else {
		add_host(out, &u);
		add_segments(out, u.path);
	}
}

/* The first part of a path. */
static struct str container(struct str path)
{
	struct str segment;

	return next_segment(&path, &segment) ? segment : STR_EMPTY;
}

static bool is_web(const struct url *u)
{
	return str_eq_nocase(u->scheme, STR("https")) || str_eq_nocase(u->scheme, STR("http"));
}

void location_of(struct str endpoint, struct str destination, struct str server, struct buf *out)
{
	struct url u = {0};

	destination = url_without_front(destination);
	if (!url_split(destination, &u)) {
		u.path = destination;
	} else if (str_has_prefix(destination, GCS_BROWSER)) {
		u.host = GCS_HOST;
		u.path = str_slice(u.path, STR("/storage/browser/").len, u.path.len);
	}
	if (is_web(&u)) { /* Azure, or Google's console: the endpoint plays no part */
		add_host(out, &u);
	} else {
		if (str_is(u.scheme, "gs"))
			buf_str(out, GCS_HOST);
		else
			add_endpoint(out, endpoint);
		add_url_segments(out, u.host);
	}
	if (!str_has_prefix(server, STR("/")))
		add_url_segments(out, u.path);
	else if (is_web(&u)) /* the bucket is no part of the path */
		add_segments(out, container(u.path));
	add_segments(out, server);
}
