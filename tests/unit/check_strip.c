/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_strip.c - the picture of a surface tells what the result tells, and
 * stays well-formed whatever the result holds
 */
#include <errno.h>
#include <math.h>

#include "support_doc.h"
#include "../../lib/evidence/strip.h"

/* A result of one pass; the rates and bad ranges as JSON. */
static struct wv_doc *result_of(const char *cells, const char *bad)
{
	char text[8192];

	snprintf(text, sizeof(text),
		 "{\"device\":\"/dev/sdb\",\"serial\":\"S1\",\"size\":1000000,\"offset\":0,"
		 "\"length\":1000000,\"method\":\"zero\",\"status\":\"wiped\",\"bad\":%s,"
		 "\"claimed\":1000000,\"real\":1000000,"
		 "\"passes\":[{\"pass\":1,\"pattern\":\"zero\",\"mb_per_s\":80.0,\"cells\":%s}]}",
		 bad, cells);
	return doc_of(text);
}

static char *draw(struct wv_doc *result)
{
	char *text = NULL;

	ck_assert_int_eq(wv__strip_svg(ctx, result, &text), 0);
	return text;
}

static void is_well_formed(const char *svg)
{
	ck_assert(strncmp(svg, "<?xml version=\"1.0\"", 19) == 0);
	ck_assert_str_eq(svg + strlen(svg) - 7, "</svg>\n");
	ck_well_formed(svg);
}

#define RECT(x, y, width, fill) \
	"<rect x=\"" #x "\" y=\"" #y "\" width=\"" #width "\" height=\"20\" fill=\"" fill "\"/>"

START_TEST(equal_cells_are_one_rectangle_light_is_fast_and_none_is_hatched)
{
	struct wv_doc *result = result_of("[100.0,100.0,50.0,0]", "[]");
	char *svg = draw(result);

	is_well_formed(svg);
	ck_assert_ptr_nonnull(strstr(svg, RECT(150, 84, 384, "#fde725")));
	ck_assert_ptr_nonnull(strstr(svg, RECT(534, 84, 192, "#24948a")));
	ck_assert_ptr_nonnull(strstr(svg, RECT(726, 84, 192, "url(#none)")));
	ck_assert_ptr_nonnull(strstr(svg, "<title>/dev/sdb: wiped</title>"));
	ck_assert_ptr_nonnull(strstr(svg, ">pass 1 zero</text>"));
	ck_assert_ptr_nonnull(strstr(svg, ">80 MB/s</text>"));
	ck_assert_ptr_nonnull(strstr(svg, ">100</text>")); /* the end of the scale */
	ck_assert_ptr_nonnull(strstr(svg, ">1.0 MB</text>"));
	ck_assert_ptr_nonnull(strstr(svg, ">none</text>"));
	ck_assert_int_eq(times_in(svg, "class=\"bad\""), 0);
	ck_assert_ptr_null(strstr(svg, "href"));
	free(svg);
	wv_doc_free(result);
}
END_TEST

START_TEST(bad_ranges_are_marked_where_they_lie_however_small)
{
	struct wv_doc *result = result_of(
		"[10.0]", "[{\"offset\":0,\"length\":512},{\"offset\":500000,\"length\":250000},"
			  "{\"offset\":999999,\"length\":1}]");
	char *svg = draw(result);

	is_well_formed(svg);
	ck_assert_int_eq(times_in(svg, "class=\"bad\""), 3);
	ck_assert_ptr_nonnull(strstr(svg, "class=\"bad\" x=\"150\" y=\"108\" width=\"3\""));
	ck_assert_ptr_nonnull(strstr(svg, "class=\"bad\" x=\"534\" y=\"108\" width=\"192\""));
	ck_assert_ptr_nonnull(strstr(svg, "class=\"bad\" x=\"915\" y=\"108\" width=\"3\""));
	ck_assert_ptr_nonnull(strstr(svg, ">3 ranges</text>"));
	free(svg);
	wv_doc_free(result);
}
END_TEST

START_TEST(numbers_that_are_no_rates_were_not_reached)
{
	struct wv_doc *result = result_of("[-5.0,1e308,\"x\",null,{},1000000.1,20.0]",
					  "[{\"offset\":18446744073709551615,\"length\":7},{},7,"
					  "{\"offset\":5,\"length\":18446744073709551615}]");
	struct wv_doc *cells = wv_doc_get(wv_doc_at(wv_doc_get(result, "passes"), 0), "cells");
	char *svg;

	ck_assert_int_eq(wv__doc_append_real(ctx, cells, NAN), 0);
	ck_assert_int_eq(wv__doc_append_real(ctx, cells, INFINITY), 0);
	svg = draw(result);
	is_well_formed(svg);
	ck_assert_int_eq(times_in(svg, "fill=\"url(#none)\""), 3); /* before, after, and the legend's */
	ck_assert_ptr_nonnull(strstr(svg, ">20</text>"));
	ck_assert_ptr_null(strstr(svg, "nan"));
	ck_assert_ptr_null(strstr(svg, "inf"));
	ck_assert_ptr_null(strstr(svg, "\"-"));
	free(svg);
	wv_doc_free(result);
}
END_TEST

START_TEST(names_cannot_break_the_picture)
{
	struct wv_doc *result = doc_of(
		"{\"device\":\"/dev/<script>alert('1')</script>&amp;\\\"\\u0001\\u001b[2J\\u0085\\uffff\","
		"\"model\":\"]]><!--\",\"serial\":\"\\u5831\\u544a\",\"status\":\"</title>\","
		"\"passes\":[{\"pattern\":\"<&>\",\"cells\":[1.5]}]}");
	char *svg = draw(result);

	is_well_formed(svg);
	ck_assert_ptr_null(strstr(svg, "<script"));
	ck_assert_ptr_null(strstr(svg, "<!--"));
	ck_assert_ptr_nonnull(strstr(svg, "/dev/&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"
					  "&amp;amp;&quot;??[2J??: &lt;/title&gt;"));
	ck_assert_ptr_nonnull(strstr(svg, "\xe5\xa0\xb1\xe5\x91\x8a"));
	free(svg);
	wv_doc_free(result);
}
END_TEST

START_TEST(a_result_without_cells_is_no_picture)
{
	static const char *const texts[] = {
		"{}", "{\"passes\":[]}", "{\"passes\":[{\"pass\":1}]}", "{\"passes\":7}",
		"{\"passes\":[{\"cells\":[]},{\"cells\":3},{\"cells\":null},5]}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct wv_doc *result = doc_of(texts[i]);
		char *svg = NULL;

		ck_assert_int_eq(wv__strip_svg(ctx, result, &svg), -ENODATA);
		ck_assert_ptr_null(svg);
		wv_doc_free(result);
	}
}
END_TEST

START_TEST(a_pass_without_cells_has_no_row_and_a_fake_is_called_one)
{
	struct wv_doc *result = doc_of("{\"claimed\":900,\"real\":100,\"length\":900,\"passes\":["
				      "{\"pass\":1,\"cells\":[3.0]},{\"pass\":2},"
				      "{\"pass\":3,\"cells\":[4.0]}]}");
	char *svg = draw(result);

	is_well_formed(svg);
	ck_assert_ptr_nonnull(strstr(svg, ">pass 1 </text>"));
	ck_assert_ptr_null(strstr(svg, ">pass 2 </text>"));
	ck_assert_ptr_nonnull(strstr(svg, ">pass 3 </text>"));
	ck_assert_ptr_nonnull(strstr(svg, "FAKE: claims 900 bytes, has 100"));
	free(svg);
	wv_doc_free(result);
}
END_TEST

static Suite *strip_suite(void)
{
	Suite *suite = suite_create("strip");
	TCase *tc = tcase_create("strip");

	tcase_add_test(tc, equal_cells_are_one_rectangle_light_is_fast_and_none_is_hatched);
	tcase_add_test(tc, bad_ranges_are_marked_where_they_lie_however_small);
	tcase_add_test(tc, numbers_that_are_no_rates_were_not_reached);
	tcase_add_test(tc, names_cannot_break_the_picture);
	tcase_add_test(tc, a_result_without_cells_is_no_picture);
	tcase_add_test(tc, a_pass_without_cells_has_no_row_and_a_fake_is_called_one);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(strip_suite());
}
