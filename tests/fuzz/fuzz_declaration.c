/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_declaration.c - what parses as a declaration prints as the same bytes
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/declare/declaration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_declaration struct wv__declaration *decl = NULL;
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	struct wv__totals totals;

	if (wv__declaration_parse(NULL, (const char *)data, size, "fuzz", &decl) < 0)
		return 0;
	if (wv__declaration_print(NULL, decl, &text) < 0 || text.len != size ||
	    memcmp(text.data, data, size) != 0 || wv__declaration_totals(NULL, decl, &totals) < 0)
		abort();
	for (size_t i = 0; i < decl->entries.count; i++) {
		const char *path = decl->entries.at[i]->path;

		if (wv__path_fault(path) || wv__declaration_find(decl, path) != decl->entries.at[i])
			abort();
		wv__declaration_output_allows(decl, path, decl->entries.at[i]->size);
		wv__declaration_output_allows_dir(decl, path);
	}
	return 0;
}
