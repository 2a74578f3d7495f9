#include "base/log.h"

#include "base/clock.h"
#include "base/condition.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utc.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum state { DIRECT, RUNNING, STOPPING, GONE };

/* A process has one stderr. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t writer;
	enum state state;
	bool writing;
	char held[LIMIT_LOG_BYTES]; /* whole lines */
	size_t len;
	uint64_t untold; /* lines that were dropped */
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER};
static atomic_uint_fast64_t dropped;

static void print(struct buf *line, enum log_level level, const char *event,
		  const struct log_field *fields, size_t len)
{
	static const char *const names[] = {"info", "warn", "error"};
	struct json j = JSON(line);
	char time[UTC_TEXT];

	json_open(&j, '{');
	json_key_str(&j, "time", str_from(utc_format(clock_utc(), time)));
	json_key_str(&j, "level", str_from(names[level]));
	json_key_str(&j, "event", str_from(event));
	for (size_t i = 0; i < len; i++)
		json_key_str(&j, fields[i].key, fields[i].value);
	json_close(&j, '}');
	buf_byte(line, '\n');
}

/* Who shares the pipe with us may have made it one that does not wait. */
static bool can_go_on(void)
{
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};

	return errno == EINTR || (errno == EAGAIN && poll(&p, 1, -1) >= 0);
}

static void write_line(struct str line)
{
	while (line.len) {
		ssize_t n = write(STDERR_FILENO, line.ptr, line.len);

		if (n < 0 && !can_go_on()) {
			atomic_fetch_add(&dropped, 1);
			return; /* nobody to tell */
		}
		if (n > 0)
			line = str_slice(line, (size_t)n, line.len);
	}
}

/* Under the lock. */
static void drop(void)
{
	queue.untold++;
	atomic_fetch_add(&dropped, 1);
}

static void hold(struct str line)
{
	if (line.len > sizeof queue.held - queue.len) {
		drop();
		return;
	}
	memcpy(queue.held + queue.len, line.ptr, line.len);
	queue.len += line.len;
}

/* What was held; there is room for one that tells what is missing behind it. */
static struct str take(char *lines)
{
	struct str taken = {lines, queue.len};
	struct buf line CLEANUP(buf) = {0};
	char count[24];

	memcpy(lines, queue.held, queue.len);
	queue.len = 0;
	if (!queue.untold)
		return taken;
	snprintf(count, sizeof count, "%" PRIu64, queue.untold);
	print(&line, LOG_LEVEL_WARN, "log lines dropped: nobody has read them in time",
	      FIELDS({"count", str_from(count)}));
	queue.untold = 0;
	hold(buf_slice(&line));
	return taken;
}

static void *life(void *ctx)
{
	static char lines[LIMIT_LOG_BYTES];

	(void)ctx;
	pthread_mutex_lock(&queue.lock);
	for (;;) {
		while (!queue.len && queue.state == RUNNING)
			pthread_cond_wait(&queue.changed, &queue.lock);
		if (!queue.len)
			break;
		struct str rest = take(lines), line;
		queue.writing = true;
		pthread_mutex_unlock(&queue.lock);
		while (str_split(&rest, '\n', &line))
			if (line.len)
				write_line((struct str){line.ptr, line.len + 1});
		pthread_mutex_lock(&queue.lock);
		queue.writing = false;
		pthread_cond_broadcast(&queue.changed);
	}
	pthread_mutex_unlock(&queue.lock);
	return NULL;
}

void log_start(void)
{
	condition_init(&queue.changed);
	queue.state = RUNNING;
	if (pthread_create(&queue.writer, NULL, life, NULL) != 0)
		out_of_memory(0);
}

void log_stop(void)
{
	int64_t end = clock_ms() + LIMIT_LOG_STOP_MS;

	pthread_mutex_lock(&queue.lock);
	queue.state = STOPPING;
	pthread_cond_broadcast(&queue.changed);
	while ((queue.len || queue.writing) && clock_ms() < end)
		condition_wait_until(&queue.changed, &queue.lock, end);
	bool through = !queue.len && !queue.writing;
	queue.state = through ? DIRECT : GONE;
	pthread_mutex_unlock(&queue.lock);
	if (through)
		pthread_join(queue.writer, NULL);
	else
		pthread_detach(queue.writer); /* until the process ends */
}

uint64_t log_dropped(void)
{
	return atomic_load(&dropped);
}

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t len)
{
	struct buf line CLEANUP(buf) = {0};

	print(&line, level, event, fields, len);
	pthread_mutex_lock(&queue.lock);
	enum state state = queue.state;
	if (state == GONE) {
		drop();
	} else if (state != DIRECT) {
		hold(buf_slice(&line));
		pthread_cond_broadcast(&queue.changed);
	}
	pthread_mutex_unlock(&queue.lock);
	if (state == DIRECT)
		write_line(buf_slice(&line));
}
