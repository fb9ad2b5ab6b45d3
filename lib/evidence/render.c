/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * render.c - workvol-render is run: the document's bytes in, a PDF out
 */
#include <limits.h>
#include <string.h>

#include "render.h"
#include "../base/exec.h"

#define HELPER "workvol-render"
#define SECONDS 120 /* it has 20 of processor time */

/* The one of the same build: what is installed beside us, or was built beside us. */
static char *find_helper(void)
{
	char self[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	cleanup_free char *beside = NULL;

	if (n <= 0)
		return strdup(HELPER);
	self[n] = '\0';
	beside = wv__printf("%.*s/%s", (int)(strrchr(self, '/') - self), self, HELPER);
	if (!beside)
		return NULL;
	return access(beside, X_OK) == 0 ? take_ptr(beside) : strdup(HELPER);
}

int wv__render_pdf(struct wv_ctx *ctx, struct wv_doc *doc, const char *lang, struct wv_buf *ret_pdf)
{
	cleanup_free char *helper = find_helper();
	cleanup_buf struct wv_buf json = WV_BUF_INIT, pdf = WV_BUF_INIT;
	const char *const argv[] = { helper, "--lang", lang, NULL };
	int r;

	if (!helper)
		return wv__fail_memory(ctx);
	r = wv__doc_canonical(ctx, doc, &json);
	if (r == 0)
		r = wv__exec_ok(ctx, &(struct wv__exec){
			.argv = argv, .input = json.data, .input_len = json.len, .out = &pdf, .seconds = SECONDS });
	if (r == -ENOENT)
		return wv__fail(ctx, r, "there is no workvol-render, which makes the PDF: it is installed beside workvol");
	if (r < 0)
		return r;
	if (pdf.len < 5 || memcmp(pdf.data, "%PDF-", 5) != 0)
		return wv__fail(ctx, -EIO, "workvol-render gave no PDF");
	*ret_pdf = pdf;
	pdf = (struct wv_buf)WV_BUF_INIT;
	return 0;
}
