/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * workvol.h - the public interface of libworkvol
 *
 * Conventions. A function returns 0 (or a count), or a negative errno; the one
 * sentence that says why is then wv_ctx_error(). Parameters named ret_ are
 * written on success only. Strings are UTF-8 or a path's bytes. Sizes and
 * offsets are bytes, times are UTC. A context and what was made with it belong
 * to one thread at a time; wv_ctx_cancel() may be called from anywhere. The
 * library never prints, never exits, and never ends a process it did not start.
 *
 * -EPERM, -EBUSY, -EROFS, -EAGAIN     refused, or waiting for an approval
 * -EBADMSG, -EKEYREJECTED, -EKEYEXPIRED  a proof failed
 * -ECANCELED                          interrupted; can be continued
 * anything else                       failed
 */
#ifndef WORKVOL_H
#define WORKVOL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the context ------------------------------------------------------ */

struct wv_ctx;

enum wv_log_level { WV_LOG_ERROR, WV_LOG_WARNING, WV_LOG_INFO, WV_LOG_DEBUG };

/* One line of progress: of a device in a wipe, or of a step of an operation. Grows at its end only. */
struct wv_progress {
	const char *what;      /* the device or file */
	const char *step;      /* "write", "verify", "copy", ...; at the end "done", "stopped" or "failed" */
	uint64_t done;         /* bytes of this step */
	uint64_t total;        /* 0: not known */
	uint64_t all_done;     /* bytes of all steps, writes and read-backs alike */
	uint64_t all_total;
	uint64_t errors;       /* bytes lost so far */
	uint32_t pass;         /* from 1; 0: no passes here */
	uint32_t passes;
	int32_t temperature;   /* of the disk, thousandths of a degree Celsius; 0: not known */
	int32_t limit;         /* what its maker allows; 0: not known */
};

typedef void (*wv_log_fn)(void *data, enum wv_log_level level, const char *line);
typedef void (*wv_progress_fn)(void *data, const struct wv_progress *progress);
/* @text in a person's language, or @text itself; a format must take the same arguments. */
typedef const char *(*wv_translate_fn)(void *data, const char *text);

int wv_ctx_new(struct wv_ctx **ret_ctx);
void wv_ctx_free(struct wv_ctx *ctx);
/* The sentence of the last failure, without a full stop; "" before the first. Borrowed. */
const char *wv_ctx_error(const struct wv_ctx *ctx);
/*
 * Sentences are English, in results and records always. For the person there is each of them in
 * his language too, where the program gives the translation (of this library's formats, and of
 * strerror()'s texts): wv_ctx_error_local() is wv_ctx_error(), wv_ctx_translate() is any other
 * sentence that this context said or that is a fixed one. Log lines are for the person.
 */
void wv_ctx_set_translate(struct wv_ctx *ctx, wv_translate_fn translate, void *data);
const char *wv_ctx_error_local(const struct wv_ctx *ctx);
const char *wv_ctx_translate(const struct wv_ctx *ctx, const char *sentence); /* borrowed, or @sentence itself */
void wv_ctx_set_log(struct wv_ctx *ctx, wv_log_fn log, void *data);
void wv_ctx_set_progress(struct wv_ctx *ctx, wv_progress_fn progress, void *data);
/* Ask the running operation to stop at the next safe point. Async-signal-safe. */
void wv_ctx_cancel(struct wv_ctx *ctx);
const char *wv_version(void);

/* ---- results: JSON documents ------------------------------------------ */

/* Results are JSON; their members are in docs/formats.md. Borrowed unless said otherwise. */
struct wv_doc;

void wv_doc_free(struct wv_doc *doc);
/* The text, on one line; free() it. NULL: no memory. */
char *wv_doc_text(struct wv_doc *doc);
struct wv_doc *wv_doc_get(struct wv_doc *doc, const char *key); /* NULL: absent or null */
const char *wv_doc_str(struct wv_doc *doc, const char *key);    /* NULL: absent or no string */
uint64_t wv_doc_u64(struct wv_doc *doc, const char *key);       /* 0: absent or no number */
double wv_doc_real(struct wv_doc *doc, const char *key);
int wv_doc_bool(struct wv_doc *doc, const char *key);
size_t wv_doc_count(struct wv_doc *doc);                        /* members or items */
struct wv_doc *wv_doc_at(struct wv_doc *array, size_t index);
const char *wv_doc_str_at(struct wv_doc *array, size_t index);
uint64_t wv_doc_u64_at(struct wv_doc *array, size_t index);     /* 0: no such item, or no number */
const char *wv_doc_key_at(struct wv_doc *object, size_t index); /* in canonical order */
/* Of an array of numbers, those from @index on that follow each other (7, 8, 9). Return: the index behind them. */
size_t wv_doc_range_at(struct wv_doc *array, size_t index, uint64_t *ret_first, uint64_t *ret_last);
/* Read a document from a file; -EBADMSG unless it is canonical JSON. Free with wv_doc_free(). */
int wv_doc_read(struct wv_ctx *ctx, const char *path, struct wv_doc **ret_doc);

/* ---- secrets ----------------------------------------------------------- */

struct wv_secret; /* in locked memory, zeroed when freed */

/* Read to the end of @fd, at most 64 KiB; @name is for messages. One trailing newline is stripped. */
int wv_secret_from_fd(struct wv_ctx *ctx, int fd, const char *name, struct wv_secret **ret_secret);
void wv_secret_free(struct wv_secret *secret);

/* ---- media -------------------------------------------------------------- */

/**
 * wv_device_describe() - what a person must see before saying yes
 *
 * Members: path, kind (disk, partition, loop, file), model, serial,
 * serial_origin, size, media, contents (array of {where, type, label, uuid}),
 * refused (the guard's sentence, or null). Of one that cannot be opened, or that
 * erases itself just now: path and refused.
 */
int wv_device_describe(struct wv_ctx *ctx, const char *path, struct wv_doc **ret_device);
/* All disks of this machine, each as above. */
int wv_device_list(struct wv_ctx *ctx, struct wv_doc **ret_devices);

/* ---- wiping ---------------------------------------------------------------- */

#define WV_WIPE_RESUME  (1u << 0) /* go on from the checkpoint, proven first */
#define WV_WIPE_DRY_RUN (1u << 1) /* say what would be done */
#define WV_WIPE_MAP     (1u << 2) /* each pass tells its rate over the surface: "cells" */
#define WV_WIPE_LIFT_HIDDEN (1u << 3) /* open what an HPA or DCO of the disk hides, for good, and wipe that too */

/* Start from WV_WIPE_OPTS_INIT; a member left zero means the default. */
struct wv_wipe_opts {
	size_t struct_size;
	/*
	 * A name of wv_wipe_methods(); default: the policy's, else "random". Or
	 * "sanitize[:KIND][+NAME]": the device's own erasure, then NAME.
	 */
	const char *method;
	const char *verify;      /* "none", "last" (default), "all", "sample", "sample:PERCENT" */
	const char *const *yes;  /* the serials that may be wiped, ended by NULL */
	const char *certificate; /* file to write the signed certificate to; NULL: none. Of several
				    devices each has its serial in the name, before the suffix */
	uint64_t offset;         /* bytes; with length: a range */
	uint64_t length;         /* 0: to the end */
	uint32_t flags;          /* WV_WIPE_* */
	uint32_t reserved;
	const char *map;         /* file to draw the rate over the surface into, SVG; NULL: none */
	const char *property;    /* for the certificate: the owner's number of the medium; of one device */
	const char *destination; /* for the certificate: where it goes, "internal-reuse", "external-reuse",
				    "recycling", "manufacturer" or "other" */
};
#define WV_WIPE_OPTS_INIT { .struct_size = sizeof(struct wv_wipe_opts) }

/* The method table: array of {name, passes, sequence, note}. */
int wv_wipe_methods(struct wv_ctx *ctx, struct wv_doc **ret_methods);

/* ---- the station ----------------------------------------------------------- */

struct wv_station; /* policy, ledger and keys of one station, open */

/* Start from WV_INIT_OPTS_INIT. */
struct wv_init_opts {
	size_t struct_size;
	const char *dir;              /* everything below it; NULL: the system's places */
	const char *server;           /* a directory, or ssh://user@host[:port]/dir */
	const char *server_hostkey;   /* file with the host's public key */
	const char *server_key;       /* file with the receipt key's public half */
	const char *const *approvers; /* "ID=FILE.pub", ended by NULL */
	const char *client;
	const char *contact;
	uint32_t lab;                 /* a station for trials and tests */
	uint32_t reserved;
	const char *ledger;           /* postgresql://...: one that stations share; NULL: a file of its own */
	const char *station;          /* its name in records; NULL: the host's */
};
#define WV_INIT_OPTS_INIT { .struct_size = sizeof(struct wv_init_opts) }

int wv_station_init(struct wv_ctx *ctx, const struct wv_init_opts *opts, struct wv_doc **ret_result);
/* @policy: NULL for /etc/workvol/workvol.conf over /usr/lib/workvol */
int wv_station_open(struct wv_ctx *ctx, const char *policy, struct wv_station **ret_station);
void wv_station_free(struct wv_station *station);
/* Every effective setting: array of {key, value, file, line}. */
int wv_station_policy(struct wv_station *station, struct wv_doc **ret_settings);
/*
 * Further instructions of the client (S12): @file has settings, signed by an approver (namespace
 * workvol-instruction, @file.sig; with @key it is signed now) and each no looser than the policy.
 * In force from here on, in the place of the one before. -EAGAIN while it is not signed.
 */
int wv_flow_instruct(struct wv_station *station, const char *file, const char *key, struct wv_doc **ret_result);

/* ---- factors ------------------------------------------------------------------ */

int wv_factor_new(struct wv_ctx *ctx, const char *path);
/* Write the keyslot's passphrase of the volume on @target to @fd. */
int wv_factor_derive(struct wv_ctx *ctx, const char *target, const char *key_file,
		     const struct wv_secret *passphrase, int fd);

/* ---- the take-out, in its order -------------------------------------------------- */

struct wv_declare_opts {
	size_t struct_size;
	const char *purpose;
	const char *const *outputs; /* "GLOB[:MAXSIZE]", ended by NULL */
};
#define WV_DECLARE_OPTS_INIT { .struct_size = sizeof(struct wv_declare_opts) }

/**
 * wv_declare_tree() - declare every file below a directory
 * @dir: the tree
 * @file: the declaration to write; not in @dir, and not there yet
 * @opts: may be NULL
 * @ret_result: {file, files, directories, bytes, digest, findings}
 *
 * A tree that holds what may not be carried (links, special files, set-id,
 * extended attributes, mounts, colliding or unprintable names, files that
 * change) is refused and nothing is written.
 *
 * Return: 0; -EBADMSG when it is refused, and then @ret_result is written too,
 * with the findings; -EEXIST, -EINVAL, or another negative errno.
 */
int wv_declare_tree(struct wv_ctx *ctx, const char *dir, const char *file,
		    const struct wv_declare_opts *opts, struct wv_doc **ret_result);

struct wv_prepare_opts {
	size_t struct_size;
	const char *declaration;
	const char *source;
	const char *key_file;
	const struct wv_secret *passphrase;
	const char *holder;          /* NAME[=FILE.pub] */
	const char *due;             /* YYYY-MM-DD or RFC 3339 */
	const char *client_approval; /* NUMBER[,SCOPE[,EXPIRY]] */
	const char *approve_with;    /* key file; NULL: leave a request */
	const char *yes;             /* the target's serial */
	uint64_t size;               /* of a new container file; 0: it exists, or is a device */
};
#define WV_PREPARE_OPTS_INIT { .struct_size = sizeof(struct wv_prepare_opts) }

/* Both factors and where the take-out's papers are; for open, close, check, amend, sync. */
struct wv_open_opts {
	size_t struct_size;
	const char *key_file;
	const struct wv_secret *passphrase;
	const char *dir;       /* where to mount; NULL: /run/workvol/mnt/UUID */
	const char *takeout;   /* take-out record carried by the holder; NULL: the station's */
	uint32_t read_only;
	uint32_t reserved;
};
#define WV_OPEN_OPTS_INIT { .struct_size = sizeof(struct wv_open_opts) }

struct wv_amend_opts {
	size_t struct_size;
	const char *const *paths; /* below the volume's root, ended by NULL */
	const char *purpose;
	const char *sign_with;    /* the holder's key; NULL: the station's, where policy allows */
	const struct wv_open_opts *open; /* factors, when the volume is not open; may be NULL */
};
#define WV_AMEND_OPTS_INIT { .struct_size = sizeof(struct wv_amend_opts) }

#define WV_RETURN_COPIES_KNOWN (1u << 0) /* go on though declared content was found outside of the volume */
#define WV_RETURN_REQUEST_ONLY (1u << 1) /* stop at the request, also when it is approved: nothing is destroyed */

struct wv_return_opts {
	size_t struct_size;
	const char *key_file;
	const struct wv_secret *passphrase;
	const char *method;       /* only stricter than the take-out record's */
	const char *verify;       /* "last" or "all" */
	const char *approve_with;
	const char *yes;          /* serial; asked for where the medium cannot be told otherwise */
	const char *takeout;      /* the record that the holder carried: field/ beside it is imported; NULL: none */
	uint32_t flags;           /* WV_RETURN_* */
	uint32_t reserved;
	const char *property;     /* for the certificate: as in struct wv_wipe_opts */
	const char *destination;
	/*
	 * The client's consent that the contents of a lost volume are given up: NUMBER[,SCOPE[,EXPIRY]].
	 * No factor is needed then, and no receipt: an open incident, and an approver's signature. NULL: none.
	 */
	const char *unrecoverable;
};
#define WV_RETURN_OPTS_INIT { .struct_size = sizeof(struct wv_return_opts) }

int wv_flow_prepare(struct wv_station *station, const char *target,
		    const struct wv_prepare_opts *opts, struct wv_doc **ret_result);
int wv_flow_handover(struct wv_station *station, const char *target, const char *sign_with,
		     struct wv_doc **ret_result);
/* @key: a private key file, or a .pub whose key ssh-agent holds; NULL: the agent's only approver key */
int wv_flow_approve(struct wv_station *station, const char *request, const char *key,
		    struct wv_doc **ret_result);
int wv_flow_open(struct wv_station *station, const char *target, const struct wv_open_opts *opts,
		 struct wv_doc **ret_result);
int wv_flow_close(struct wv_station *station, const char *target, struct wv_doc **ret_result);
int wv_flow_check(struct wv_station *station, const char *target, const struct wv_open_opts *opts,
		  struct wv_doc **ret_result);
int wv_flow_amend(struct wv_station *station, const char *target, const struct wv_amend_opts *opts,
		  struct wv_doc **ret_result);
int wv_flow_sync(struct wv_station *station, const char *target, const struct wv_open_opts *opts,
		 struct wv_doc **ret_result);
/* -EPERM for copies of declared content: @ret_result is written too, with the list ("copies"). */
int wv_flow_return(struct wv_station *station, const char *target,
		   const struct wv_return_opts *opts, struct wv_doc **ret_result);
/* Devices are NULL-terminated; the result is an array, one object a device (docs/formats.md). */
int wv_flow_wipe(struct wv_station *station, const char *const *devices,
		 const struct wv_wipe_opts *opts, struct wv_doc **ret_result);
/*
 * All disks of this machine: as wv_device_list(), and of each what erasure of its own it offers
 * (sanitize) and what it hides (hidden: {hpa, dco} in bytes, or null).
 */
int wv_flow_devices(struct wv_ctx *ctx, struct wv_doc **ret_devices);
/* @certificate or @pattern ("zero", or hex bytes repeated from offset 0) */
int wv_flow_verify(struct wv_ctx *ctx, const char *device, const char *certificate,
		   const char *pattern, struct wv_doc **ret_result);
int wv_flow_list(struct wv_station *station, int overdue_only, struct wv_doc **ret_volumes);
/* Of every station of a ledger that they share, each row with "station". */
int wv_flow_list_stations(struct wv_station *station, int overdue_only, struct wv_doc **ret_volumes);

#define WV_INSERT_NOTIFY (1u << 0) /* tell those who are logged in, too; with on-insert = prompt, start the return */

/* -ENOMEDIUM: the device is gone, and nothing was recorded. */
int wv_flow_insert(struct wv_station *station, const char *device, uint32_t flags,
		   struct wv_doc **ret_result);

#define WV_INCIDENT_SUSPECTED (1u << 0) /* open: it is likely, not certain */
#define WV_INCIDENT_OTHER     (1u << 1) /* notify: somebody else than the client was told */
#define WV_INCIDENT_PUBLISHED (1u << 2) /* notify, close: the client has published it */
#define WV_INCIDENT_WARN      (1u << 3) /* due: say the warnings whose time has come, once */

/* Times are RFC 3339 with Z or an offset. Start from WV_INCIDENT_OPTS_INIT. */
struct wv_incident_opts {
	size_t struct_size;
	const char *volume;        /* UUID of a volume, id of a take-out, or a target; list and due: NULL */
	const char *text;          /* what happened; notify: may be NULL with whom and how */
	const char *recognised_at; /* open: not in the future; NULL: now */
	const char *notified_at;   /* notify: not in the future; NULL: now */
	const char *whom;          /* notify; may be NULL */
	const char *how;           /* notify; may be NULL */
	const char *key;           /* the key file at the loss: "apart", "with" the volume, "unknown"; may be NULL */
	uint32_t flags;            /* WV_INCIDENT_* */
	uint32_t reserved;
};
#define WV_INCIDENT_OPTS_INIT { .struct_size = sizeof(struct wv_incident_opts) }

/**
 * wv_flow_incident() - incidents, and the clock that runs until the client is told
 * @action: "open" (also to confirm one that was suspected), "notify", "close", "list", "due"
 * @opts: list and due: may be NULL
 * @ret_result: the incident; list and due: an array of them; of due each has a status, "due"
 *	or "overrun", and with WV_INCIDENT_WARN a "warning" where one is to be said
 *
 * The clock runs for the policy's incident-minutes (60: the contract's R2-2) from
 * the first recognition. A volume with an open incident counts as lost.
 *
 * Return: 0; -EPERM for a time in the future, or a close before the client was
 * told; -EBUSY when one is open already; -ENOENT, -EINVAL, or another negative errno.
 */
int wv_flow_incident(struct wv_station *station, const char *action,
		     const struct wv_incident_opts *opts, struct wv_doc **ret_result);
/**
 * wv_flow_incident_report() - what was lost with a volume, and how it was protected
 * @id: an incident's number, or a volume as in wv_incident_opts; NULL: all that are open
 * @ret_reports: array, one object an incident (docs/formats.md)
 *
 * Papers that cannot be read are sentences in "problems"; the status is "broken" then.
 *
 * Return: 0; -ENOENT when there is no such incident; or another negative errno.
 */
int wv_flow_incident_report(struct wv_station *station, const char *id,
			    struct wv_doc **ret_reports);

/**
 * wv_flow_incident_form() - the paper of a take-out that did not end as it should
 * @form: "destruction" (its wipe failed: order and record of the medium's destruction), "unrecoverable" (both
 *	authorities' consent to give it up), "found" (it was lost)
 * @target: a volume as in wv_incident_opts
 *
 * Return: 0; -EPERM when the take-out is in no state for that paper; -ENOENT, -EINVAL, or another negative errno.
 */
int wv_flow_incident_form(struct wv_station *station, const char *form, const char *target, struct wv_doc **ret_form);

#define WV_REGISTER_ALL (1u << 0) /* list: also what was superseded or ended */

/* Start from WV_REGISTER_OPTS_INIT. */
struct wv_register_opts {
	size_t struct_size;
	const char *reg;           /* storage, training, subcontractor, asset, recall, checklist; list: NULL is all */
	const char *name;          /* of the entry */
	const char *const *fields; /* enter: "KEY=VALUE", ended by NULL; workvol-register(1) has the keys */
	const char *text;          /* end: how */
	uint32_t flags;            /* WV_REGISTER_* */
	uint32_t reserved;
};
#define WV_REGISTER_OPTS_INIT { .struct_size = sizeof(struct wv_register_opts) }

/**
 * wv_flow_register() - the registers that the contract wants kept
 * @action: "enter" (an entry of the same name is superseded), "end", "list"
 * @ret_result: the entry; list: an array of them (docs/formats.md)
 *
 * Return: 0; -EBUSY for a second recall of one subcontractor, or the end of one that is
 * being recalled; -ENOENT, -EINVAL, or another negative errno.
 */
int wv_flow_register(struct wv_station *station, const char *action,
		     const struct wv_register_opts *opts, struct wv_doc **ret_result);
/**
 * wv_flow_register_form() - what the client is handed of the registers
 * @form: "storage" (where data is kept now), "change" (what changed of that), "return" (assets given back)
 * @since: change, return: from that day on (YYYY-MM-DD or RFC 3339); NULL: what the client was not told of, all
 * @names: return: of these assets alone, ended by NULL; may be NULL
 * @ret_form: docs/formats.md has it; wv_paper_pdf() makes pages of it
 *
 * Return: 0; -EINVAL, -ENOENT, or another negative errno.
 */
int wv_flow_register_form(struct wv_station *station, const char *form, const char *since, const char *const *names,
			  struct wv_doc **ret_form);

/* ---- evidence ------------------------------------------------------------------------ */

/* Check a certificate and its signature offline; @roster: allowed_signers file, NULL: the station's. */
int wv_certificate_verify(struct wv_station *station, const char *file, const char *roster,
			  struct wv_doc **ret_result);
/* One page of text about it, in Japanese when @lang is "ja"; free() it. */
int wv_certificate_text(struct wv_ctx *ctx, const char *file, const char *lang, char **ret_text);
/*
 * One A4 page about it, PDF, when its signature holds (as wv_certificate_verify()); free() it. @lang:
 * "ja", "en" or "both". workvol-render makes it: -ENOENT when it is not installed.
 */
int wv_certificate_pdf(struct wv_station *station, const char *file, const char *roster, const char *lang,
		       char **ret_pdf, size_t *ret_size);

int wv_ledger_verify(struct wv_station *station, const char *checkpoint, struct wv_doc **ret_result);
/* One canonical record a line, to @fd. */
int wv_ledger_export(struct wv_station *station, int fd);
/*
 * Of a ledger that stations share, the chain of the one called @name, or every chain (NULL): array of
 * the same results, each with "station"; -EBADMSG when one of them is broken.
 */
int wv_ledger_verify_stations(struct wv_station *station, const char *name, struct wv_doc **ret_results);
int wv_ledger_export_stations(struct wv_station *station, const char *name, int fd);
/* Sign where the ledger stands into @file (and @file.sig). */
int wv_ledger_checkpoint(struct wv_station *station, const char *file, struct wv_doc **ret_result);
/* That this one record is in the ledger, checked by docs/prove.py: docs/formats.md. -ENOENT, -EBADMSG */
int wv_ledger_prove(struct wv_station *station, uint64_t record, struct wv_doc **ret_proof);
/*
 * The ledger, a checkpoint, every paper that it names and the scripts that check them, into
 * @dir, which is not there or empty (else -EPERM). It is there whole or not at all. -EBADMSG: the
 * ledger is broken, or a paper is gone or is not the one that the ledger names.
 */
int wv_flow_inspect(struct wv_station *station, const char *dir, struct wv_doc **ret_result);
/*
 * What was done from the day @from to the day @to (YYYY-MM-DD or RFC 3339, UTC; both included),
 * clause by clause, exceptions first; the ledger is proven before. -EINVAL: no such period.
 */
int wv_flow_report(struct wv_station *station, const char *from, const char *to,
		   struct wv_doc **ret_report);
/* That report as one page of HTML that needs nothing else; free() it. @lang: "ja", "en" or "both". -EBADMSG: it is no report. */
int wv_report_html(struct wv_ctx *ctx, struct wv_doc *report, const char *lang, char **ret_text);
/*
 * A report, an incident's, a form or a receipt, as A4 pages, PDF, with the SHA-256 of the document; free() it. @lang: "ja",
 * "en" or "both". -ENOENT: workvol-render is not installed.
 */
int wv_paper_pdf(struct wv_ctx *ctx, struct wv_doc *paper, const char *lang, char **ret_pdf, size_t *ret_size);

/*
 * The server's receipt for a volume (UUID), a take-out (its id) or a target, its digest, signature and
 * every file in it held against the ledger and the declaration anew. -ENOENT: there is none; -EBADMSG,
 * -EKEYREJECTED: it does not hold. wv_paper_pdf() makes pages of it.
 */
int wv_flow_receipt(struct wv_station *station, const char *target, struct wv_doc **ret_receipt);
/* A text or sentence of reports and certificates, in Japanese; free() it. NULL: there is none, or no memory. */
char *wv_paper_japanese(const char *english);

/* The server's side of sync: @in_fd is the request, @out_fd gets the signed receipt. */
int wv_sync_receipt(struct wv_ctx *ctx, const char *root, const char *key, int in_fd, int out_fd);
/* The forced command of the server's authorized_keys: runs a receipt or a write-only rsync. */
int wv_sync_serve(struct wv_ctx *ctx, const char *root, const char *key, const char *command);

#ifdef __cplusplus
}
#endif

#endif
