/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ssh.c - ssh's configuration for one server whose host key is known
 *
 * Nothing of the machine's or the user's own configuration counts: another
 * known_hosts, a ProxyCommand or a shared connection could lead elsewhere.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/fs.h"
#include "slot.h"
#include "ssh.h"

#define RSYNC_FILE_IO 11 /* rsync(1), EXIT VALUES */

static const char options[] =
	"Host " WV_SSH_HOST "\n"
	"  HostKeyAlias " WV_SSH_HOST "\n"
	"  UserKnownHostsFile known_hosts\n"
	"  GlobalKnownHostsFile /dev/null\n"
	"  StrictHostKeyChecking yes\n"
	"  VerifyHostKeyDNS no\n"
	"  UpdateHostKeys no\n"
	"  CheckHostIP no\n"
	"  CanonicalizeHostname no\n"
	"  BatchMode yes\n"
	"  PreferredAuthentications publickey\n"
	"  ControlMaster no\n"
	"  ControlPath none\n"
	"  ForwardAgent no\n"
	"  ForwardX11 no\n"
	"  ClearAllForwardings yes\n"
	"  PermitLocalCommand no\n"
	"  RequestTTY no\n"
	"  EscapeChar none\n"
	"  LogLevel ERROR\n"
	"  ConnectTimeout 20\n"
	/* A dead line is noticed within a minute, also while the server only hashes. */
	"  ServerAliveInterval 15\n"
	"  ServerAliveCountMax 4\n";

void wv__ssh_free(struct wv__ssh *ssh)
{
	wv__temp_dirp(&ssh->dir);
	free(ssh->env[0]);
	*ssh = (struct wv__ssh){ 0 };
}

static int write_text(struct wv_ctx *ctx, const char *dir, const char *name, const struct wv_buf *text)
{
	cleanup_free char *path = wv__path_join(dir, name);

	if (!path)
		return wv__fail_memory(ctx);
	return wv__write_file(ctx, AT_FDCWD, path, text->data, text->len, 0600);
}

static int write_config(struct wv_ctx *ctx, const struct wv__target *target, bool identity,
			const char *dir)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r;

	r = wv__buf_printf(&text, "%s  HostName %s\n  User %s\n  Port %u\n", options, target->host,
			   target->user, target->port);
	if (r == 0 && identity)
		r = wv__buf_puts(&text, "  IdentityFile identity\n  IdentitiesOnly yes\n");
	if (r < 0)
		return wv__fail_memory(ctx);
	return write_text(ctx, dir, "config", &text);
}

static int write_known_hosts(struct wv_ctx *ctx, const char *host_key, const char *dir)
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;

	if (!host_key || strpbrk(host_key, "\r\n#"))
		return wv__fail(ctx, -EINVAL, "the server's host key is not one public key");
	if (wv__buf_printf(&text, WV_SSH_HOST " %s\n", host_key) < 0)
		return wv__fail_memory(ctx);
	return write_text(ctx, dir, "known_hosts", &text);
}

/* A link: the key itself is never copied, and its path needs no quoting. */
static int link_identity(struct wv_ctx *ctx, const char *identity, const char *dir)
{
	cleanup_free char *real = NULL;
	cleanup_free char *path = wv__path_join(dir, "identity");
	int r;

	if (!path)
		return wv__fail_memory(ctx);
	r = wv__real_path(ctx, identity, &real);
	if (r < 0)
		return r;
	if (symlink(real, path) < 0)
		return wv__fail_sys(ctx, -errno, "cannot make %s", path);
	return 0;
}

/* How to reach the agent is all that a child gets of our environment. */
static int take_agent(struct wv_ctx *ctx, struct wv__ssh *ssh)
{
	const char *agent = getenv("SSH_AUTH_SOCK");

	if (!agent)
		return 0;
	ssh->env[0] = wv__printf("SSH_AUTH_SOCK=%s", agent);
	return ssh->env[0] ? 0 : wv__fail_memory(ctx);
}

int wv__ssh_open(struct wv_ctx *ctx, const struct wv__target *target, const char *host_key,
		 const char *identity, struct wv__ssh *ret)
{
	cleanup_ssh struct wv__ssh ssh = { 0 };
	int r;

	r = wv__make_temp_dir(ctx, "ssh", &ssh.dir);
	if (r < 0)
		return r;
	r = write_config(ctx, target, identity, ssh.dir);
	if (r == 0)
		r = write_known_hosts(ctx, host_key, ssh.dir);
	if (r == 0 && identity)
		r = link_identity(ctx, identity, ssh.dir);
	if (r == 0)
		r = take_agent(ctx, &ssh);
	if (r < 0)
		return r;

	*ret = ssh;
	ssh = (struct wv__ssh){ 0 };
	return 0;
}

/*
 * The last line that is not rsync's: the server's own word, or ssh's. Else
 * rsync's last one, but for the "rsync error: ... (code 12)" that sums up.
 */
static void pick_line(const char *said, char *ret, size_t size)
{
	bool found = false;

	snprintf(ret, size, "it said nothing");
	while (*said) {
		const size_t len = strcspn(said, "\n");
		const bool rsync = strncmp(said, "rsync", 5) == 0;

		if (len > 1 && strncmp(said, "rsync error:", 12) && (!rsync || !found)) {
			snprintf(ret, size, "%.*s", (int)MIN(len, size - 1), said);
			found = !rsync;
		}
		said += len + (said[len] == '\n');
	}
}

int wv__ssh_failed(struct wv_ctx *ctx, const char *what, const char *said, int status)
{
	char line[300];

	pick_line(said, line, sizeof(line));
	if (strstr(said, "Host key verification failed"))
		return wv__fail(ctx, -EKEYREJECTED, "%s: the server does not have the host key that was pinned",
				what);
	if (strstr(said, "No space left on device") || strstr(said, "Disk quota exceeded"))
		return wv__fail(ctx, -ENOSPC, "%s: the server's disk is full", what);
	if (status == RSYNC_FILE_IO) /* what the server's rsync said may be lost with the connection */
		return wv__fail(ctx, -EIO, "%s: the server cannot write: its disk is full, or failing", what);
	if (strstr(said, WV_SLOT_BUSY))
		return wv__fail(ctx, -EBUSY, "%s: %s to this take-out there", what, WV_SLOT_BUSY);
	return wv__fail(ctx, -EIO, "%s failed (exit %d): %s", what, status, line);
}
