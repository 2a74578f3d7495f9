#include "peer.h"

#include "base/buf.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A request with a head, or that says how long it is, or comes in chunks. */
static bool is_whole(struct str text)
{
	static const struct str label = STR_INIT("\r\nContent-Length: ");
	size_t head = str_find(text, STR("\r\n\r\n")), at = str_find(text, label);
	struct str rest = str_slice(text, at == STR_NONE ? text.len : at + label.len, text.len);
	struct str digits;
	int64_t body = 0;

	if (str_contains(text, STR("\r\ntransfer-encoding: chunked\r\n")))
		return str_has_suffix(text, STR("\r\n0\r\n\r\n"));
	return head != STR_NONE &&
	       (at == STR_NONE || (str_split(&rest, '\r', &digits) && str_to_i64(digits, &body))) &&
	       text.len - head - 4 >= (size_t)body;
}

static void *peer_main(void *ctx)
{
	struct peer *p = ctx;

	for (const char *const *answer = p->answers; *answer; answer++) {
		int fd = accept(p->fd, NULL, NULL);
		size_t begin = p->len;

		if (fd < 0) /* nobody comes any more */
			break;
		while (!is_whole((struct str){p->asked + begin, p->len - begin})) {
			ssize_t n = read(fd, p->asked + p->len, sizeof p->asked - p->len);

			if (n <= 0)
				break;
			p->len += (size_t)n;
		}
		if (write(fd, *answer, strlen(*answer)) < 0)
			p->len = begin;
		close(fd);
	}
	return NULL;
}

static void begin(struct peer *p, void *(*life)(void *))
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;

	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(bind(p->fd, (const struct sockaddr *)&at, sizeof at), 0);
	cr_assert_eq(listen(p->fd, 8), 0);
	cr_assert_eq(getsockname(p->fd, (struct sockaddr *)&at, &size), 0);
	snprintf(p->url, sizeof p->url, "http://127.0.0.1:%u", ntohs(at.sin_port));
	cr_assert_eq(pthread_create(&p->thread, NULL, life, p), 0);
	setenv("no_proxy", "*", 1);
}

void peer_listen(struct peer *p, const char *answer, void *(*life)(void *))
{
	*p = (struct peer){.one = {answer, NULL}};
	p->answers = p->one;
	begin(p, life);
}

void peer_begin(struct peer *p, const char *answer)
{
	peer_listen(p, answer, peer_main);
}

void peer_begin_with(struct peer *p, const char *const *answers)
{
	*p = (struct peer){.answers = answers};
	begin(p, peer_main);
}

void peer_end(struct peer *p)
{
	pthread_join(p->thread, NULL);
	close(p->fd);
}

struct str peer_asked(struct peer *p, struct arena *a)
{
	struct buf lines = BUF_ARENA(a);
	struct str rest, line;

	shutdown(p->fd, SHUT_RDWR); /* fewer came than there are answers for */
	peer_end(p);
	rest = (struct str){p->asked, p->len};
	while (str_split(&rest, '\n', &line))
		if (str_has_suffix(line, STR(" HTTP/1.1\r")))
			buf_fmt(&lines, "%.*s\n", (int)line.len - 10, line.ptr);
	return buf_slice(&lines);
}
