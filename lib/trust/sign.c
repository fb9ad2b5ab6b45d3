/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sign.c - signatures, made and checked by ssh-keygen -Y
 */
#include "sign.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/crypto.h"
#include "../base/exec.h"
#include "../base/fs.h"
#include "keys.h"
#include "sshsig.h"

#define SIGNED_MAX ((size_t)1 << 30) /* a declaration of millions of files */
#define SIG_MAX ((size_t)32 * 1024)
#define VERIFY_SECONDS 60
#define SIGN_SECONDS 300 /* a hardware key waits for a touch */

static bool is_public(const char *path)
{
	const size_t len = strlen(path);

	return len > 4 && !strcmp(path + len - 4, ".pub");
}

int wv__sign(struct wv_ctx *ctx, const char *key, const char *namespace, const void *data,
	     size_t len, struct wv_buf *ret_sig)
{
	const char *const argv[] = { "ssh-keygen", "-q", "-Y", "sign", "-n",
				     namespace,	   "-f", key,  NULL };
	const char *const agent = is_public(key) ? getenv("SSH_AUTH_SOCK") : NULL;
	cleanup_free char *sock = agent ? wv__printf("SSH_AUTH_SOCK=%s", agent) : NULL;
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	int r;

	if (agent && !sock)
		return wv__fail_memory(ctx);
	if (is_public(key) && !agent)
		return wv__fail(ctx, -ENOENT, "%s: signing with a public key needs ssh-agent", key);
	r = wv__exec_ok(ctx, &(struct wv__exec){
				     .argv = argv,
				     .env = (const char *const[]){ sock, NULL },
				     .dir = ".", /* a relative key stays where the caller meant */
				     .input = data,
				     .input_len = len,
				     .out = &sig,
				     .seconds = SIGN_SECONDS,
				     .terminal = true, /* the key's passphrase */
			     });
	if (r < 0) {
		wv__fail_prefix(ctx, "cannot sign with %s", key);
		return r;
	}
	if (wv__buf_append(ret_sig, sig.data, sig.len) < 0)
		return wv__fail_memory(ctx);
	return 0;
}

static int save_signature(struct wv_ctx *ctx, const char *key, const char *namespace,
			  const struct wv_buf *data, const char *path)
{
	cleanup_buf struct wv_buf sig = WV_BUF_INIT;
	cleanup_free char *sig_path = wv__printf("%s.sig", path);
	int r;

	if (!sig_path)
		return wv__fail_memory(ctx);
	r = wv__sign(ctx, key, namespace, data->data, data->len, &sig);
	if (r < 0)
		return r;
	return wv__write_file(ctx, AT_FDCWD, sig_path, sig.data, sig.len, 0644);
}

int wv__sign_doc(struct wv_ctx *ctx, const char *key, const char *namespace, struct wv_doc *doc,
		 const char *path)
{
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;
	int r;

	r = wv__doc_canonical(ctx, doc, &bytes);
	if (r < 0)
		return r;
	r = save_signature(ctx, key, namespace, &bytes, path);
	if (r < 0)
		return r;
	return wv__write_file(ctx, AT_FDCWD, path, bytes.data, bytes.len, 0644);
}

/* A file may be exchanged between two readings of it. */
static int check_holds(struct wv_ctx *ctx, const struct wv_buf *bytes, struct wv_doc *looked_at, const char *path)
{
	cleanup_doc struct wv_doc *doc = NULL;
	char digest[65], expected[65];
	int r;

	r = wv__doc_parse(ctx, bytes->data, bytes->len, path, &doc);
	if (r == 0)
		r = wv__doc_digest(ctx, doc, digest);
	if (r == 0)
		r = wv__doc_digest(ctx, looked_at, expected);
	if (r < 0)
		return r;
	if (strcmp(digest, expected) != 0)
		return wv__fail(ctx, -EBADMSG, "%s was exchanged while it was looked at: nothing is signed", path);
	return 0;
}

int wv__sign_file(struct wv_ctx *ctx, const char *key, const char *namespace, const char *path,
		  struct wv_doc *looked_at)
{
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;
	int r;

	r = wv__read_file(ctx, AT_FDCWD, path, SIGNED_MAX, &bytes);
	if (r == 0 && looked_at)
		r = check_holds(ctx, &bytes, looked_at, path);
	if (r < 0)
		return r;
	return save_signature(ctx, key, namespace, &bytes, path);
}

void wv__signed_by_free(struct wv__signed_by *by)
{
	free(by->principal);
	free(by->fingerprint);
	*by = (struct wv__signed_by){ 0 };
}

/*
 * The line that lets this key sign: asked here and not of ssh-keygen, which
 * says no to a stranger and to an expired key with the same exit status.
 */
static int find_line(struct wv_ctx *ctx, const struct wv__roster *roster, const char *namespace,
		     const char *fingerprint, uint64_t time, const struct wv__signer **ret)
{
	const struct wv__signer *owner = NULL, *expired = NULL;

	for (size_t i = 0; i < roster->count; i++) {
		const struct wv__signer *line = &roster->signers[i];

		if (strcmp(line->fingerprint, fingerprint) != 0)
			continue;
		owner = line;
		if (!wv__signer_may(line, namespace))
			continue;
		if (time >= line->valid_after && time <= line->valid_before) {
			*ret = line;
			return 0;
		}
		expired = line;
	}
	if (expired)
		return wv__fail(ctx, -EKEYEXPIRED, "the key of %s %s", expired->principal,
				time < expired->valid_after ? C_("it", "is not valid yet") :
								     C_("it", "has expired"));
	if (owner)
		return wv__fail(ctx, -EKEYREJECTED, "%s may not sign for %s", owner->principal,
				namespace);
	return wv__fail(ctx, -EKEYREJECTED, "key %s is not in the roster", fingerprint);
}

static int write_beside(struct wv_ctx *ctx, const char *dir, const char *name, const void *data,
			size_t len, char **ret_path)
{
	cleanup_free char *path = wv__path_join(dir, name);
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	r = wv__write_file(ctx, AT_FDCWD, path, data, len, 0600);
	if (r < 0)
		return r;
	*ret_path = take_ptr(path);
	return 0;
}

/* The cryptography, and all that find_line() asked once more, by the tool that everyone has. */
static int ask_ssh_keygen(struct wv_ctx *ctx, const struct wv__roster *roster,
			  const struct wv__signer *line, const char *namespace, const void *data,
			  size_t len, const char *sig, size_t sig_len, uint64_t time)
{
	cleanup(wv__temp_dirp) char *dir = NULL;
	cleanup_free char *roster_path = NULL, *sig_path = NULL;
	char when[WV_TIME_TEXT], option[sizeof("-Overify-time=") + WV_TIME_TEXT];
	int r, status;

	r = wv__make_temp_dir(ctx, "verify", &dir);
	if (r < 0)
		return r;
	r = write_beside(ctx, dir, "roster", roster->text, roster->text_len, &roster_path);
	if (r < 0)
		return r;
	r = write_beside(ctx, dir, "sig", sig, sig_len, &sig_path);
	if (r < 0)
		return r;
	/* Without the Z it would be local time; so would a roster's dates: hence TZ. */
	wv__time_format(time, when);
	snprintf(option, sizeof(option), "-Overify-time=%.4s%.2s%.2s%.2s%.2s%.2sZ", when, when + 5,
		 when + 8, when + 11, when + 14, when + 17);
	r = wv__exec(
		ctx,
		&(struct wv__exec){
			.argv = (const char *const[]){ "ssh-keygen", "-Y", "verify", "-f",
						       roster_path, "-I", line->principal, "-n",
						       namespace, "-s", sig_path, option, NULL },
			.env = (const char *const[]){ "TZ=UTC", NULL },
			.input = data,
			.input_len = len,
			.seconds = VERIFY_SECONDS,
		},
		&status);
	if (r < 0)
		return r;
	if (status)
		return wv__fail(ctx, -EKEYREJECTED, "the signature of %s does not match",
				line->principal);
	return 0;
}

int wv__verify(struct wv_ctx *ctx, const struct wv__roster *roster, const char *principal,
	       const char *namespace, const void *data, size_t len, const char *sig, size_t sig_len,
	       uint64_t time, struct wv__signed_by *ret_by)
{
	cleanup_free char *key = NULL, *claimed = NULL, *fingerprint = NULL, *who = NULL;
	const struct wv__signer *line = NULL;
	int r;

	r = wv__sshsig_parse(ctx, sig, sig_len, &key, &claimed);
	if (r < 0)
		return r;
	if (strcmp(claimed, namespace) != 0)
		return wv__fail(ctx, -EKEYREJECTED, "signed for %s, not for %s", claimed,
				namespace);
	r = wv__key_fingerprint(ctx, key, &fingerprint);
	if (r < 0)
		return r;
	r = find_line(ctx, roster, namespace, fingerprint, time, &line);
	if (r < 0)
		return r;
	if (principal && strcmp(line->principal, principal) != 0)
		return wv__fail(ctx, -EKEYREJECTED, "signed by %s, not by %s", line->principal,
				principal);
	r = ask_ssh_keygen(ctx, roster, line, namespace, data, len, sig, sig_len, time);
	if (r < 0)
		return r;
	who = strdup(line->principal);
	if (!who)
		return wv__fail_memory(ctx);

	if (ret_by)
		*ret_by = (struct wv__signed_by){ take_ptr(who), take_ptr(fingerprint) };
	return 0;
}

int wv__verify_bytes(struct wv_ctx *ctx, const struct wv__roster *roster, const char *principal,
		     const char *namespace, const char *path, uint64_t time, struct wv_buf *ret,
		     struct wv__signed_by *ret_by)
{
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT, sig = WV_BUF_INIT;
	cleanup_free char *sig_path = wv__printf("%s.sig", path);
	int r;

	if (!sig_path)
		return wv__fail_memory(ctx);
	r = wv__read_file(ctx, AT_FDCWD, path, SIGNED_MAX, &bytes);
	if (r < 0)
		return r;
	r = wv__read_file(ctx, AT_FDCWD, sig_path, SIG_MAX, &sig);
	if (r < 0)
		return r;
	r = wv__verify(ctx, roster, principal, namespace, wv__buf_str(&bytes), bytes.len,
		       wv__buf_str(&sig), sig.len, time, ret_by);
	if (r < 0) {
		wv__fail_prefix(ctx, "%s", path);
		return r;
	}
	wv__buf_free(ret);
	*ret = bytes;
	bytes = (struct wv_buf)WV_BUF_INIT;
	return 0;
}

int wv__verify_file(struct wv_ctx *ctx, const struct wv__roster *roster, const char *principal,
		    const char *namespace, const char *path, uint64_t time, struct wv_doc **ret_doc,
		    struct wv__signed_by *ret_by)
{
	cleanup_signed_by struct wv__signed_by by = { 0 };
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;
	int r;

	r = wv__verify_bytes(ctx, roster, principal, namespace, path, time, &bytes, &by);
	if (r < 0)
		return r;
	r = wv__doc_parse(ctx, wv__buf_str(&bytes), bytes.len, path, ret_doc);
	if (r < 0)
		return r;

	if (ret_by) {
		*ret_by = by;
		by = (struct wv__signed_by){ 0 };
	}
	return 0;
}
