/*
 * Where an API server is and how it knows us: a kubeconfig as kubectl reads it (--kubeconfig, else
 * the files of KUBECONFIG, else ~/.kube/config), or, in a Pod without any, its service account.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig
 */
#ifndef KUBE_CONFIG_H
#define KUBE_CONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/* interactiveMode: may it ask a person, when standard input is a terminal? */
enum kube_interactive {
	KUBE_INTERACTIVE_IF_AVAILABLE,
	KUBE_INTERACTIVE_NEVER,
	KUBE_INTERACTIVE_ALWAYS, /* else it cannot work */
};

/* A credential plugin (client.authentication.k8s.io v1 and v1beta1): a program that prints an
 * ExecCredential. */
struct kube_exec {
	struct str api_version, command;
	const struct str *args; /* without the command */
	size_t args_len;
	const struct str *env; /* "NAME=value" */
	size_t env_len;
	bool cluster_info; /* provideClusterInfo */
	enum kube_interactive mode;
	struct str hint; /* how to install it; may be empty */
	int64_t seconds; /* within which it has to print; then it is killed */
};

struct kube_config {
	struct str server;	/* https://host:port, with a path at times; no slash at its end */
	struct str ca;		/* PEM; empty: the system's */
	struct str server_name; /* what the certificate must say; empty: the host */
	bool insecure;		/* insecure-skip-tls-verify */
	struct str proxy;	/* URL; empty: as the environment says (HTTPS_PROXY, NO_PROXY) */
	struct str cert, key;	/* PEM, of the client */
	struct str token, token_file; /* the file is read again for each request: it rotates */
	struct str user, password;
	struct str as, as_uid; /* who is impersonated; empty: nobody */
	const struct str *as_groups;
	size_t as_groups_len;
	const struct kube_exec *exec; /* NULL: none */
	struct str context;	      /* as it is called; empty in a Pod */
	struct str namespace;	      /* of the context or the Pod; "default" when it says none */
};

/* `file` and `context` may be empty. All text lives in the arena. */
MUST_CHECK bool kube_config_load(struct str file, struct str context, struct arena *a,
				 struct kube_config *out, struct err *err);

/* The names of all contexts, in their order, each once. Of `file` as above; they live in the arena.
 * `waits` false: what is no regular file is an error, and nothing waits for what is behind a pipe.
 */
MUST_CHECK bool kube_config_contexts(struct str file, bool waits, struct arena *a,
				     const struct str **names, size_t *len, struct err *err);

#endif
