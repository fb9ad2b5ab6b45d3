/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_moment.c - a moment given by people: refused, or one that can be written and read back
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = strndup((const char *)data, size);
	char utc[WV_TIME_TEXT];
	uint64_t seconds, again;

	if (!text || wv__moment_parse(text, &seconds) < 0)
		return 0;
	wv__time_format(seconds, utc);
	if (wv__moment_parse(utc, &again) < 0 || again != seconds)
		abort();
	return 0;
}
