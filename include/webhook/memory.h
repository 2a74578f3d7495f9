/* What a process that runs for months does not keep. */
#ifndef WEBHOOK_MEMORY_H
#define WEBHOOK_MEMORY_H

/* Idle threads hold no heaps of their own, and what a large review took goes back to the system
 * when nobody asks any more (serve/server.c): mapping and unmapping it for each review, as the
 * defaults have it, makes two threads wait for one another. Before the first thread. */
void memory_tame(void);

/* The code that start-up ran, OpenSSL's above all, would stay resident for nothing: what is needed
 * again is mapped again from the page cache. Code is never written to, so nothing is lost. */
void memory_forget_code(void);

#endif
