/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reporting.c - workvol report: a period of a ledger that was proven first
 */
#include <string.h>

#include "../station/station.h"
#include "../../base/clock.h"
#include "../../evidence/render.h"
#include "../../evidence/report.h"
#include "../../evidence/report_html.h"

#define DAY 86400

struct reporting {
	struct wv_station *st;
	struct wv__report *report;
	uint64_t last; /* record that counts; then comes this report's own */
};

static void reporting_clear(struct reporting *rep)
{
	wv__report_free(rep->report);
}

/* YYYY-MM-DD begins that day's first second, or ends with its last. */
static int parse(struct wv_ctx *ctx, const char *which, const char *text, bool begins, uint64_t *ret)
{
	uint64_t when;

	if (!text || wv__date_parse(text, &when) < 0)
		return wv__fail(ctx, -EINVAL, "the period's %s, %s, is not YYYY-MM-DD", which,
				text ? text : "(none)");
	*ret = begins && strlen(text) == strlen("YYYY-MM-DD") ? when - (DAY - 1) : when;
	return 0;
}

static int see(void *data, struct wv_doc *record)
{
	struct reporting *rep = data;

	return wv_doc_u64(record, "seq") > rep->last ? 1 : wv__report_add(rep->report, record);
}

/* From a ledger that does not hold nothing is reported. */
static int prove(struct wv_station *st, struct wv_doc **ret_checked)
{
	cleanup_doc struct wv_doc *checked = NULL;
	const char *status, *detail;
	int r;

	r = wv__ledger_check(st->ctx, st->ledger, NULL, &checked);
	if (r < 0)
		return r;
	status = wv_doc_str(checked, "status");
	detail = wv_doc_str(checked, "detail");
	if (!status || strcmp(status, "intact") != 0)
		return wv__fail(st->ctx, -EBADMSG, "the ledger is broken, nothing is reported from it: %s",
				detail ? detail : "");
	*ret_checked = take_ptr(checked);
	return 0;
}

static int head(struct reporting *rep, struct wv_doc *checked, struct wv_doc **ret)
{
	const struct wv__policy *policy = rep->st->policy;
	char created[WV_TIME_TEXT];

	wv__time_format(wv__now(), created);
	return wv__doc_build(rep->st->ctx, ret, M_STR("station", policy->station),
			     M_STR("client", policy->client), M_STR("contact", policy->contact),
			     M_BOOL("lab", policy->lab), M_STR("created", created),
			     M_STR("ledger_head", wv_doc_str(checked, "head")),
			     M_U64("ledger_size", rep->last));
}

static int gather(struct reporting *rep, struct wv_doc **ret)
{
	struct wv_station *st = rep->st;
	cleanup_doc struct wv_doc *checked = NULL;
	cleanup_doc struct wv_doc *first = NULL;
	cleanup_roster struct wv__roster *roster = NULL;
	int r;

	r = prove(st, &checked);
	if (r < 0)
		return r;
	rep->last = wv_doc_u64(checked, "records");
	r = wv__ledger_each(st->ctx, st->ledger, NULL, 1, see, rep);
	if (r < 0)
		return r;
	r = wv__station_roster(st, &roster);
	if (r == 0)
		r = wv__report_roster(rep->report, roster->digest);
	if (r == 0)
		r = head(rep, checked, &first);
	return r < 0 ? r : wv__report_build(rep->report, first, ret);
}

WV_API int wv_flow_report(struct wv_station *st, const char *from, const char *to,
			  struct wv_doc **ret_report)
{
	struct wv_ctx *ctx = st->ctx;
	cleanup(reporting_clear) struct reporting rep = { .st = st };
	cleanup_doc struct wv_doc *period = NULL;
	cleanup_doc struct wv_doc *report = NULL;
	uint64_t begins, ends;
	struct wv__door door;
	int r;

	r = parse(ctx, "first day", from, true, &begins);
	if (r == 0)
		r = parse(ctx, "last day", to, false, &ends);
	if (r == 0)
		r = wv__report_new(ctx, begins, ends, wv__now(), &rep.report);
	if (r < 0)
		return r;
	r = gather(&rep, &report);
	if (r < 0)
		return r;
	/* That there was a report is evidence itself (S9-1); it counts in the next one. */
	r = wv__doc_build(ctx, &period, M_STR("from", wv_doc_str(report, "from")),
			  M_STR("to", wv_doc_str(report, "to")));
	if (r == 0)
		r = wv__door_enter(&door, st, "report", NULL, period);
	if (r == 0)
		r = wv__door_leave(&door, 0, NULL);
	if (r < 0)
		return r;
	*ret_report = take_ptr(report);
	return 0;
}

WV_API int wv_report_html(struct wv_ctx *ctx, struct wv_doc *report, const char *lang, char **ret_text)
{
	enum wv__lang parsed;

	if (wv__lang_parse(lang, &parsed) < 0)
		return wv__fail(ctx, -EINVAL, "a page is in ja, en or both, not in %s", lang);
	return wv__report_html(ctx, report, parsed, ret_text);
}

WV_API int wv_paper_pdf(struct wv_ctx *ctx, struct wv_doc *paper, const char *lang, char **ret_pdf, size_t *ret_size)
{
	cleanup_buf struct wv_buf pdf = WV_BUF_INIT;
	const int r = wv__render_pdf(ctx, paper, lang, &pdf);

	if (r < 0)
		return r;
	*ret_size = pdf.len;
	*ret_pdf = wv__buf_take(&pdf);
	return 0;
}
