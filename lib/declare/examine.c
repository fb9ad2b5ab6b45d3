/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * examine.c - what is wrong with one file or directory
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/json.h"
#include "examine.h"

/* Reasons name paths and attributes, and end in JSON and on terminals. */
static void make_printable(char *text)
{
	const bool utf8 = wv__is_utf8(text, strlen(text));

	for (unsigned char *p = (unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p == 0x7f || (*p >= 0x80 && !utf8))
			*p = '?';
	}
}

int wv__unsafe(struct wv__entry *entry, const char *fmt, ...)
{
	cleanup_free char *reason = NULL;
	char *all;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vasprintf(&reason, fmt, args);
	va_end(args);
	if (n < 0) {
		reason = NULL;
		return -ENOMEM;
	}
	make_printable(reason);
	all = entry->unsafe ? wv__printf("%s; %s", entry->unsafe, reason) : take_ptr(reason);
	if (!all)
		return -ENOMEM;
	free(entry->unsafe);
	entry->unsafe = all;
	return 0;
}

static const char *kind_fault(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
		return NULL;
	case S_IFLNK:
		return C_("it", "is a symbolic link");
	case S_IFIFO:
		return C_("it", "is a FIFO");
	case S_IFSOCK:
		return C_("it", "is a socket");
	case S_IFBLK:
		return C_("it", "is a block device");
	case S_IFCHR:
		return C_("it", "is a character device");
	default:
		return C_("it", "is of an unknown kind");
	}
}

int wv__examine_kind(struct wv__entry *entry, const struct stat *st)
{
	const char *fault = kind_fault(st->st_mode);
	int r = 0;

	if (fault)
		return wv__unsafe(entry, "%s", fault);
	if (!S_ISREG(st->st_mode))
		return 0;
	if (st->st_mode & (S_ISUID | S_ISGID))
		r = wv__unsafe(entry, "is set-%s-id", st->st_mode & S_ISUID ? "user" : "group");
	if (r == 0 && st->st_nlink > 1)
		r = wv__unsafe(entry, "has %ju names (hard links)", (uintmax_t)st->st_nlink);
	return r;
}

/* The label that SELinux puts on every file is the system's, not data. */
static bool is_systems_own(const char *name)
{
	return strcmp(name, "security.selinux") == 0;
}

static int list_xattrs(int fd, struct wv_buf *ret)
{
	for (;;) {
		ssize_t n = flistxattr(fd, NULL, 0);
		int r;

		if (n <= 0)
			return n < 0 ? -errno : 0;
		r = wv__buf_reserve(ret, n);
		if (r < 0)
			return r;
		n = flistxattr(fd, ret->data, n);
		if (n < 0 && errno == ERANGE) /* they grew in between */
			continue;
		if (n < 0)
			return -errno;
		ret->len = n;
		return 0;
	}
}

int wv__examine_xattrs(struct wv__entry *entry, int fd)
{
	cleanup_buf struct wv_buf names = WV_BUF_INIT;
	int r = list_xattrs(fd, &names);

	if (r == -ENOTSUP)
		return 0;
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return wv__unsafe(entry, "cannot be asked for its attributes: %s", strerrordesc_np(-r));
	for (size_t i = 0; i < names.len; i += strlen(names.data + i) + 1) {
		const char *name = names.data + i;

		if (strncmp(name, "system.posix_acl_", 17) == 0)
			return wv__unsafe(entry, C_("it", "has an access control list"));
		if (!is_systems_own(name)) /* the first will do: there may be thousands */
			return wv__unsafe(entry, "has the extended attribute %s", name);
	}
	return 0;
}
