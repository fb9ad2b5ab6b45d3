/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_luks2_header.c - the raw header reader: whatever the bytes, what it
 * gives ends, prints, and names a UUID or none
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/media/sig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t room)
{
	size_t i, len = strnlen(text, room);

	if (len == room)
		abort();
	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			abort();
}

/* The first byte chooses the place: 0, or 0x4000 << 0..15. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wv__volume_sig sig;
	uint64_t place;

	if (size == 0)
		return 0;
	place = data[0] ? UINT64_C(0x2000) << (data[0] & 15) : 0;
	if (!wv__volume_sig_parse(data + 1, size - 1, place, &sig))
		return 0;
	check_text(sig.uuid, sizeof(sig.uuid));
	check_text(sig.label, sizeof(sig.label));
	check_text(sig.subsystem, sizeof(sig.subsystem));
	if (strcmp(sig.uuid, "unknown") && strlen(sig.uuid) != 36)
		abort();
	wv__volume_sig_is_work(&sig);
	return 0;
}
