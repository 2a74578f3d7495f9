/* SIGTERM, SIGINT and SIGHUP of a server, read from a file descriptor. */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

/* Blocks them for every thread made from now on, and ignores SIGPIPE. A signalfd, to be closed. */
int signals_open(void);

/* The next one, or 0 after `timeout` milliseconds. */
int signals_next(int fd, int timeout);

#endif
