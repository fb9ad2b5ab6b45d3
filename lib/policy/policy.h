/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy.h - a station's settings, each typed, with the file and line it came from
 */
#ifndef WV_POLICY_H
#define WV_POLICY_H

#include "../base/ctx.h"
#include "../base/json.h"

enum wv__holder_signature { WV__HOLDER_REQUIRED, WV__HOLDER_STATION };
enum wv__hidden { WV__HIDDEN_REPORT, WV__HIDDEN_LIFT };
enum wv__exposed { WV__EXPOSED_WARN, WV__EXPOSED_REFUSE };
enum wv__on_insert { WV__INSERT_NOTIFY, WV__INSERT_IGNORE, WV__INSERT_PROMPT, WV__INSERT_READ_ONLY,
		     WV__INSERT_REFUSE };
enum wv__mapper_choice { WV__CHOOSE_MAPPER, WV__CHOOSE_KERNEL, WV__CHOOSE_FUSE }; /* order of enum wv__mapper_kind */

/*
 * Texts and paths that have no default are NULL until set. Paths are absolute.
 * What each means is in workvol.conf(5) and in the table of policy_table.c.
 */
struct wv__policy {
	const char *station;         /* the station's name in signatures and records */
	const char *client;
	const char *contact;
	const char *organization;    /* who wipes, for certificates: where they work, */
	const char *location;        /* where that is, */
	const char *phone;
	const char *operator_title;  /* and what they are there */
	const char *state_dir;
	const char *ledger;          /* an absolute path or postgresql://..., without a password */
	const char *roster;
	const char *station_key;
	const char *receipt_key;     /* private; signs the receipts of a path target */
	const char *server;          /* an absolute path or ssh://user@host[:port]/dir */
	const char *server_hostkey;
	const char *server_key;      /* public half of the server's receipt key */
	const char *server_identity; /* private; NULL: ssh's own choice */
	const char *method;
	const char *verify;
	const char *search_dirs;     /* "home" and absolute paths, with colons between */
	uint64_t approval_hours;
	uint64_t receipt_minutes;
	uint64_t incident_minutes;
	uint64_t search_minutes;
	uint64_t training_days; /* 0: a holder's training is not asked for */
	bool storage_register;  /* only servers on it are saved to */
	uint64_t pbkdf_memory;       /* KiB */
	uint64_t pbkdf_iterations;
	uint64_t pbkdf_threads;
	enum wv__holder_signature holder_signature;
	enum wv__hidden hidden;
	enum wv__exposed exposed_host;
	enum wv__on_insert on_insert;
	enum wv__mapper_choice mapper;
	bool lab;
	bool self_approval;
	bool prewipe;

	struct wv__policy_origin *origins; /* one per row of the table */
};

/**
 * wv__policy_load() - read the settings of this station
 * @path: a policy file, or NULL for the system's
 *
 * With @path: that file, then FILE.d/<name>.conf in byte order. Without: the
 * same for /usr/lib/workvol/workvol.conf, then for /etc/workvol/workvol.conf.
 * A later one wins; a relative path means one beside the file that it is
 * written in (for FILE.d, beside FILE).
 *
 * Return: 0, -ENOENT when there is no such file, -EINVAL with "FILE:LINE: ..." for
 * an unknown setting or a bad value.
 */
int wv__policy_load(struct wv_ctx *ctx, const char *path, struct wv__policy **ret);
void wv__policy_free(struct wv__policy *policy);
void wv__policy_freep(struct wv__policy **policy);

/* All effective values as one object, by key; what wv__policy_digest() hashes. */
int wv__policy_values(struct wv_ctx *ctx, const struct wv__policy *policy, struct wv_doc **ret);
/* Lower-case hex SHA-256 of the canonical JSON of the values. */
int wv__policy_digest(struct wv_ctx *ctx, const struct wv__policy *policy, char ret[65]);
/* Array of {key, value, file, line}; file is null and line 0 for a default. */
int wv__policy_list(struct wv_ctx *ctx, const struct wv__policy *policy, struct wv_doc **ret);

/* Every directory of @wanted stands in @list: both with colons between. */
bool wv__policy_dirs_have(const char *list, const char *wanted);

/**
 * wv__policy_instruct() - put a further instruction (S12) over a policy: it may only be stricter
 * @path: a file of settings
 * @refuse: what is looser than the policy is refused; else the stricter of the two stays
 *	(the policy may have become stricter since)
 *
 * Return: 0, -EPERM naming the setting that is looser, or that no instruction
 * can change; -EINVAL with "FILE:LINE: ..." as wv__policy_load().
 */
int wv__policy_instruct(struct wv_ctx *ctx, struct wv__policy *policy, const char *path, bool refuse);

struct wv__policy_value {
	const char *key;
	const char *value; /* NULL: leave it out */
};

/**
 * wv__policy_write_new() - write a new policy file
 * @values: ended by a NULL key; each is checked as when it is read
 *
 * Return: 0, -EEXIST, -EINVAL, or another negative errno.
 */
int wv__policy_write_new(struct wv_ctx *ctx, const char *path,
			 const struct wv__policy_value *values);

/* Is this a value that the setting could have? -EINVAL with a sentence that names it. */
int wv__policy_check(struct wv_ctx *ctx, const char *key, const char *value);

#endif
