/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support_media.c - media made for tests: partition tables, volume headers
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/loop.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "support.h"
#include "support_media.h"

void run(const char *fmt, ...)
{
	char command[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	ck_assert_msg(system(command) == 0, "%s", command);
}

static void put(const char *path, const void *data, size_t len, uint64_t at)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, data, len, at), (ssize_t)len);
	ck_assert_int_eq(fsync(fd), 0);
	close(fd);
}

void write_mbr(const char *path, uint32_t start, uint32_t count)
{
	unsigned char mbr[512] = { 0 };

	mbr[446 + 4] = 0x83;
	start = htole32(start);
	count = htole32(count);
	memcpy(mbr + 446 + 8, &start, 4);
	memcpy(mbr + 446 + 12, &count, 4);
	mbr[510] = 0x55;
	mbr[511] = 0xaa;
	put(path, mbr, sizeof(mbr), 0);
}

char *add_partition(const char *disk, int number, uint64_t start, uint64_t size)
{
	struct blkpg_partition part = { .start = start, .length = size, .pno = number };
	struct blkpg_ioctl_arg arg = { .op = BLKPG_ADD_PARTITION, .datalen = sizeof(part), .data = &part };
	const int fd = open(disk, O_RDWR | O_CLOEXEC);
	struct loop_info64 info;
	char *path = NULL;

	ck_assert_int_ge(fd, 0);
	/* with PARTSCAN the partitions end with the loop; they would stay on its number else */
	ck_assert_int_eq(ioctl(fd, LOOP_GET_STATUS64, &info), 0);
	info.lo_flags |= LO_FLAGS_PARTSCAN;
	ck_assert_int_eq(ioctl(fd, LOOP_SET_STATUS64, &info), 0);
	ck_assert(ioctl(fd, BLKPG, &arg) == 0 || errno == EBUSY); /* the scan may have added it */
	close(fd);
	ck_assert_int_gt(asprintf(&path, "%sp%d", disk, number), 0);
	return path;
}

void fill_header(unsigned char header[512], uint64_t offset, const char *subsystem)
{
	const uint64_t own = htobe64(offset), size = htobe64(16384);

	memset(header, 0, 512);
	memcpy(header + 8, &size, sizeof(size));
	memcpy(header, offset ? "SKUL\xba\xbe\0\2" : "LUKS\xba\xbe\0\2", 8);
	strcpy((char *)header + 24, "label");
	strcpy((char *)header + 168, TEST_UUID);
	strncpy((char *)header + 208, subsystem, 48);
	memcpy(header + 256, &own, sizeof(own));
}

void put_header(const char *path, uint64_t start, uint64_t offset, const char *subsystem)
{
	unsigned char header[512];

	fill_header(header, offset, subsystem);
	put(path, header, sizeof(header), start + offset);
}

void put_json(const char *path, uint64_t start, uint64_t offset, uint64_t at, const char *text)
{
	put(path, text, strlen(text), start + offset + 4096 + at);
}
