#include "peer.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_whole(struct str text)
{
	size_t head = str_find(text, STR("\r\n\r\n"));
	bool body = str_contains(text, STR("Content-Length: 4\r\n"));

	return head != STR_NONE && text.len >= head + 4 + (body ? 4 : 0);
}

static void *peer_main(void *ctx)
{
	struct peer *p = ctx;

	for (const char *const *answer = p->answers; *answer; answer++) {
		int fd = accept(p->fd, NULL, NULL);
		size_t begin = p->len;

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
