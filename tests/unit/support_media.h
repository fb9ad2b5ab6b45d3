/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support_media.h - media made for tests: partition tables, volume headers
 */
#ifndef TEST_SUPPORT_MEDIA_H
#define TEST_SUPPORT_MEDIA_H

#include <stdint.h>

#define TEST_UUID "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"

/* Run a shell command; the test fails when it does. */
void run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A DOS table with one Linux partition; in sectors of 512. */
void write_mbr(const char *path, uint32_t start, uint32_t count);
/* Tell the kernel of a partition; its path, free() it. */
char *add_partition(const char *disk, int number, uint64_t start, uint64_t size);
/* One LUKS2 binary header of TEST_UUID: of a volume at start, the copy that lies at offset in it. */
void fill_header(unsigned char header[512], uint64_t offset, const char *subsystem);
void put_header(const char *path, uint64_t start, uint64_t offset, const char *subsystem);
/* Text in the JSON area of such a header, at bytes from the area's begin. */
void put_json(const char *path, uint64_t start, uint64_t offset, uint64_t at, const char *text);

#endif
