/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faultdisk.c - the faulty disk as a file, to be put under a loop device
 *
 * faultdisk SIZE[@REAL-BYTE] MOUNTPOINT [FUSE options]
 *
 * MOUNTPOINT/disk is the disk; lines written to MOUNTPOINT/control are faults
 * (disk.h), and reading it gives "read BYTES REQUESTS write BYTES REQUESTS
 * flush N". Before the start @BYTE fills the disk: 1G@165.
 */
#include <fuse.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"

static struct fault_disk disk;

static int state(char text[128])
{
	return snprintf(text, 128, "read %llu %llu write %llu %llu flush %llu\n",
			(unsigned long long)disk.bytes[0], (unsigned long long)disk.requests[0],
			(unsigned long long)disk.bytes[1], (unsigned long long)disk.requests[1],
			(unsigned long long)disk.flushes);
}

static int on_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	memset(st, 0, sizeof(*st));
	st->st_mode = S_IFREG | 0600;
	st->st_nlink = 1;
	if (!strcmp(path, "/")) {
		st->st_mode = S_IFDIR | 0700;
	} else if (!strcmp(path, "/disk")) {
		st->st_size = (off_t)disk.size;
		st->st_blocks = (blkcnt_t)(disk.size / 512);
	} else if (strcmp(path, "/control") != 0) {
		return -ENOENT;
	}
	return 0;
}

static int on_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t at,
		      struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
	(void)path;
	(void)at;
	(void)fi;
	(void)flags;
	fill(buf, "disk", NULL, 0, 0);
	fill(buf, "control", NULL, 0, 0);
	return 0;
}

/* direct_io: or the page cache would hide every fault */
static int on_open(const char *path, struct fuse_file_info *fi)
{
	fi->direct_io = 1;
	fi->fh = !strcmp(path, "/disk");
	return 0;
}

static int on_read(const char *path, char *buf, size_t len, off_t at, struct fuse_file_info *fi)
{
	char text[128];
	int r;

	(void)path;
	if (!fi->fh) {
		r = state(text);
		if (at >= r)
			return 0;
		len = len < (size_t)(r - at) ? len : (size_t)(r - at);
		memcpy(buf, text + at, len);
		return (int)len;
	}
	if ((uint64_t)at >= disk.size)
		return 0;
	if (len > disk.size - (uint64_t)at)
		len = disk.size - (uint64_t)at;
	r = fault_disk_read(&disk, buf, len, (uint64_t)at);
	return r < 0 ? r : (int)len;
}

static int set_lines(const char *buf, size_t len)
{
	char text[4096], *line, *rest = text;
	int r = 0;

	if (len >= sizeof(text))
		return -EFBIG;
	memcpy(text, buf, len);
	text[len] = '\0';
	while (r == 0 && (line = strsep(&rest, "\n")) != NULL)
		if (*line)
			r = fault_disk_set(&disk, line);
	return r < 0 ? r : (int)len;
}

static int on_write(const char *path, const char *buf, size_t len, off_t at,
		    struct fuse_file_info *fi)
{
	int r;

	(void)path;
	if (!fi->fh)
		return set_lines(buf, len);
	r = fault_disk_write(&disk, buf, len, (uint64_t)at);
	return r < 0 ? r : (int)len;
}

static int on_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	(void)size;
	(void)fi;
	return strcmp(path, "/control") != 0 ? -EPERM : 0;
}

static int on_fsync(const char *path, int data_only, struct fuse_file_info *fi)
{
	(void)path;
	(void)data_only;
	(void)fi;
	return fault_disk_flush(&disk);
}

static uint64_t parse_size(const char *text, char **ret_end)
{
	uint64_t size = strtoull(text, ret_end, 10);

	for (const char *units = "KMGT", *u; **ret_end && (u = strchr(units, **ret_end)); ++*ret_end)
		size <<= 10 * (u - units + 1);
	return size;
}

int main(int argc, char **argv)
{
	static const struct fuse_operations ops = {
		.getattr = on_getattr,
		.readdir = on_readdir,
		.open = on_open,
		.read = on_read,
		.write = on_write,
		.truncate = on_truncate,
		.fsync = on_fsync,
	};
	char *end;
	uint64_t size;

	if (argc < 3) {
		fprintf(stderr, "usage: faultdisk SIZE[@BYTE] MOUNTPOINT [options]\n");
		return 2;
	}
	size = parse_size(argv[1], &end);
	if (!size || (*end && *end != '@') || fault_disk_init(&disk, size) < 0) {
		fprintf(stderr, "faultdisk: %s is no size\n", argv[1]);
		return 2;
	}
	if (*end == '@')
		memset(disk.memory, atoi(end + 1), size);
	argv[1] = argv[0];
	return fuse_main(argc - 1, argv + 1, &ops, NULL);
}
