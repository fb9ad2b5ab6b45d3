/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_record.c - ledger records from outside: what is taken prints as the same bytes
 */
#include <assert.h>
#include <string.h>

#include "../../lib/ledger/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_record struct wv__record record = { 0 };
	cleanup_buf struct wv_buf bytes = WV_BUF_INIT;

	if (wv__record_parse(NULL, data, size, &record) < 0)
		return 0;
	assert(wv__record_format(NULL, &record, &bytes) == 0);
	assert(bytes.len == size && !memcmp(bytes.data, data, size));
	return 0;
}
