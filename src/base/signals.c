#include "base/signals.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL); /* for the server's threads, too */
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int signals_next(int fd, int timeout)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct signalfd_siginfo info;

	if (poll(&p, 1, timeout) <= 0 || read(fd, &info, sizeof info) != sizeof info)
		return 0;
	return (int)info.ssi_signo;
}
