/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_io.c - requests by threads and by io_uring give the same */
#include <fcntl.h>
#include <unistd.h>

#include "wipe_world.h"

#define DEPTH 8
#define PIECE 65536u

static struct wv__medium file_medium(uint64_t size)
{
	char *path = make_image("medium", size);
	struct wv__medium medium = { .path = "medium", .size = size, .block = 512, .unit = 512 };

	medium.fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	ck_assert_int_ge(medium.fd, 0);
	free(path);
	return medium;
}

static void reap_all(struct wv__io *io, unsigned int n, int want)
{
	unsigned int tag;
	int result;

	for (unsigned int i = 0; i < n;) {
		const int r = io->kind->reap(io, 1000, &tag, &result);

		ck_assert_int_ge(r, 0);
		if (r == 0)
			continue;
		ck_assert_int_eq(result, want);
		i++;
	}
}

START_TEST(what_is_written_is_read)
{
	struct wv__medium medium = file_medium(DEPTH * PIECE);
	unsigned char *memory = aligned_alloc(4096, 2 * DEPTH * PIECE);
	const struct iovec buf = { memory, DEPTH * PIECE }; /* the reads' memory is not registered */
	struct wv__io *io = NULL;

	ck_assert_ptr_nonnull(memory);
	for (size_t i = 0; i < DEPTH * PIECE; i++)
		memory[i] = (unsigned char)(i / 512 * 3 + i);
	ck_assert_int_eq(wv__io_open(&medium, DEPTH, &buf, 1, _i, &io), 0);
	for (unsigned int k = 0; k < 3; k++) {
		for (unsigned int i = 0; i < DEPTH; i++)
			ck_assert_int_eq(io->kind->submit(io, i, WV__WRITE, memory + i * PIECE,
							  PIECE, i * PIECE), 0);
		reap_all(io, DEPTH, 0);
	}
	for (unsigned int i = 0; i < DEPTH; i++)
		ck_assert_int_eq(io->kind->submit(io, i, WV__READ, memory + (DEPTH + i) * PIECE,
						  PIECE, i * PIECE), 0);
	reap_all(io, DEPTH, 0);
	ck_assert_mem_eq(memory, memory + DEPTH * PIECE, DEPTH * PIECE);
	io->kind->close(io, false);
	wv__medium_close(&medium);
	free(memory);
}
END_TEST

START_TEST(a_short_transfer_is_an_error)
{
	struct wv__medium medium = file_medium(PIECE);
	unsigned char *memory = aligned_alloc(4096, 2 * PIECE);
	const struct iovec buf = { memory, 2 * PIECE };
	struct wv__io *io = NULL;
	unsigned int tag;
	int result, r;

	ck_assert_ptr_nonnull(memory);
	ck_assert_int_eq(wv__io_open(&medium, 1, &buf, 1, _i, &io), 0);
	ck_assert_int_eq(io->kind->submit(io, 0, WV__READ, memory, 2 * PIECE, 0), 0);
	do
		r = io->kind->reap(io, 1000, &tag, &result);
	while (r == 0);
	ck_assert_int_eq(r, 1);
	ck_assert_int_lt(result, 0);
	io->kind->close(io, false);
	wv__medium_close(&medium);
	free(memory);
}
END_TEST

START_TEST(opening_survives_every_failure)
{
	struct wv__medium medium = file_medium(PIECE);
	const struct iovec buf = { NULL, 0 };
	const int fds = open_fds();
	struct wv__io *io = NULL;
	int r, n;

	for (n = 0;; n++) {
		fault_after(n);
		r = wv__threads_open(&medium, 2, &io);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(io);
	}
	ck_assert_int_eq(r, 0);
	io->kind->close(io, false);
	io = NULL;
	for (n = 0;; n++) {
		fault_after(n);
		r = wv__ring_open(&medium, 2, &buf, 1, &io);
		if (!fault_fired())
			break;
		ck_assert_int_lt(r, 0);
		ck_assert_ptr_null(io);
		ck_assert_int_eq(open_fds(), fds);
	}
	if (r == 0) /* a kernel may refuse io_uring */
		io->kind->close(io, false);
	ck_assert_int_eq(open_fds(), fds);
	wv__medium_close(&medium);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("io");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, what_is_written_is_read, 0, 2);
	tcase_add_loop_test(all, a_short_transfer_is_an_error, 0, 2);
	tcase_add_test(all, opening_survives_every_failure);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
