/* Listening sockets. */
#include "server_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 512 /* the kernel lowers it to net.core.somaxconn */

static bool split(struct str address, struct str *host, struct str *port)
{
	size_t at = address.len;

	while (at && address.ptr[at - 1] != ':')
		at--;
	if (!at)
		return false;
	*port = str_slice(address, at, address.len);
	*host = str_slice(address, 0, at - 1);
	if (host->len >= 2 && host->ptr[0] == '[' && host->ptr[host->len - 1] == ']')
		*host = str_slice(*host, 1, host->len - 1);
	else if (str_find_byte(*host, ':') != STR_NONE)
		return false; /* an IPv6 address without brackets */
	return true;
}

static int open_socket(const struct addrinfo *at)
{
	const int on = 1, off = 0;
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (at->ai_family == AF_INET6) /* "[::]" is every address, those of IPv4 included */
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static void describe(int fd, char text[static 64])
{
	struct sockaddr_storage at = {0};
	socklen_t len = sizeof at;
	char host[INET6_ADDRSTRLEN] = "", port[8] = "";

	getsockname(fd, (struct sockaddr *)&at, &len);
	getnameinfo((struct sockaddr *)&at, len, host, sizeof host, port, sizeof port,
		    NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(text, 64, at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static bool listen_at(struct str host, struct str port, int *fd, struct err *err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
	char node[256], service[8];

	snprintf(node, sizeof node, "%.*s", STR_ARG(host));
	snprintf(service, sizeof service, "%.*s", STR_ARG(port));
	int failed = getaddrinfo(node, service, &hints, &found);
	if (failed)
		return err_set(err, E_IO, "%.*s: %s", STR_ARG(host), gai_strerror(failed));
	*fd = open_socket(found);
	int why = errno;
	freeaddrinfo(found);
	if (*fd < 0)
		return err_set(err, E_IO, "%.*s:%.*s: %s", STR_ARG(host), STR_ARG(port),
			       strerrordesc_np(why));
	return true;
}

bool listen_on(struct str address, int *fd, char text[static 64], struct err *err)
{
	struct str host, port;
	int64_t n;

	if (!split(address, &host, &port) || !str_to_i64(port, &n) || n < 0 || n > 65535)
		return err_set(err, E_VALUE,
			       "'%.*s' is no address such as 0.0.0.0:8443, [::]:8443 or :8443",
			       STR_ARG(address));
	/* Without a host: every address, on a machine without IPv6 those of IPv4. */
	bool ok = host.len ? listen_at(host, port, fd, err)
			   : listen_at(STR("::"), port, fd, err) ||
				     listen_at(STR("0.0.0.0"), port, fd, err);
	if (ok)
		describe(*fd, text);
	return ok;
}
