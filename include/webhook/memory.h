/* What a process that runs for months does not keep. */
#ifndef WEBHOOK_MEMORY_H
#define WEBHOOK_MEMORY_H

/* Where one thread answers reviews (struct server_options) the idle ones hold no heaps of their
 * own; several would wait for one another at one heap. Blocks of large reviews are mapped each by
 * itself. Before the first thread. */
void memory_tame(unsigned threads);

/* The code that start-up ran, OpenSSL's above all, would stay resident for nothing: what is needed
 * again is mapped again from the page cache. Code is never written to, so nothing is lost. */
void memory_forget_code(void);

#endif
