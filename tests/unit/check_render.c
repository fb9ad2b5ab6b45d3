/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_render.c - the helper that draws is run, and what it says is passed on
 */
#include <errno.h>
#include <sys/stat.h>

#include "../../lib/evidence/render.h"
#include "support.h"

/* Beside this program, as the helper is beside workvol. */
static char *helper_path(void)
{
	char self[4096];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[MAX(n, 0)] = '\0';
	if (!strrchr(self, '/'))
		return NULL;
	return wv__printf("%.*s/workvol-render", (int)(strrchr(self, '/') - self), self);
}

static void put_helper(const char *script)
{
	char *path = helper_path();
	FILE *file = path ? fopen(path, "we") : NULL;

	ck_assert_ptr_nonnull(file);
	fprintf(file, "#!/bin/sh\n%s\n", script);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(path, 0755), 0);
	free(path);
}

static void remove_helper(void)
{
	char *path = helper_path();

	if (path)
		unlink(path);
	free(path);
}

static struct wv_doc *report(void)
{
	struct wv_doc *doc = NULL;

	ck_assert_int_eq(wv__doc_build(ctx, &doc, M_STR("type", "report")), 0);
	return doc;
}

START_TEST(the_helper_gets_the_documents_bytes_and_the_language)
{
	struct wv_doc *doc = report();
	struct wv_buf pdf = WV_BUF_INIT;

	put_helper("printf '%%PDF-%s %s ' \"$1\" \"$2\"; cat");
	ck_assert_int_eq(wv__render_pdf(ctx, doc, "ja", &pdf), 0);
	remove_helper();
	ck_assert_str_eq(wv__buf_str(&pdf), "%PDF---lang ja {\"type\":\"report\"}");
	wv__buf_free(&pdf);
	wv_doc_free(doc);
}
END_TEST

START_TEST(its_own_sentence_is_passed_on_and_nothing_else_is_taken_for_a_pdf)
{
	struct wv_doc *doc = report();
	struct wv_buf pdf = WV_BUF_INIT;

	put_helper("echo 'workvol-render: no font' >&2; exit 1");
	ck_assert_int_eq(wv__render_pdf(ctx, doc, "en", &pdf), -EIO);
	ck_assert_ptr_nonnull(strstr(wv_ctx_error(ctx), "no font"));
	put_helper("cat >/dev/null; echo hello");
	ck_assert_int_eq(wv__render_pdf(ctx, doc, "en", &pdf), -EIO);
	ck_assert_str_eq(wv_ctx_error(ctx), "workvol-render gave no PDF");
	remove_helper();
	ck_assert_ptr_null(pdf.data);
	wv_doc_free(doc);
}
END_TEST

START_TEST(no_failure_leaves_half_a_pdf)
{
	struct wv_doc *doc = report();
	const int fds = open_fds();
	int n = 0, r;

	put_helper("cat >/dev/null; echo %PDF-1.5");
	for (;; n++) {
		struct wv_buf pdf = WV_BUF_INIT;

		fault_after(n);
		r = wv__render_pdf(ctx, doc, "en", &pdf);
		if (!fault_fired()) {
			wv__buf_free(&pdf);
			break;
		}
		ck_assert(r == 0 || !pdf.data);
		ck_assert_int_eq(open_fds(), fds);
		wv__buf_free(&pdf);
	}
	remove_helper();
	ck_assert_int_eq(r, 0);
	ck_assert_int_ge(n, 6);
	wv_doc_free(doc);
}
END_TEST

static Suite *render_suite(void)
{
	Suite *suite = suite_create("render");
	TCase *tc = tcase_create("render");

	tcase_add_checked_fixture(tc, NULL, remove_helper);
	tcase_add_test(tc, the_helper_gets_the_documents_bytes_and_the_language);
	tcase_add_test(tc, its_own_sentence_is_passed_on_and_nothing_else_is_taken_for_a_pdf);
	tcase_add_test(tc, no_failure_leaves_half_a_pdf);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	const int failed = run_suite(render_suite());

	remove_helper(); /* a test that failed left it */
	return failed;
}
