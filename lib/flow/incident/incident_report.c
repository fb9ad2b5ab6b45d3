/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * incident_report.c - of a volume that is lost: what was on it, how it was
 * protected, where it was last, and who was told when
 *
 * It is asked for in haste: what cannot be read any more is told as a problem,
 * and the rest is reported all the same.
 */
#include <string.h>

#include "exemption.h"
#include "incidents.h"
#include "../medium/subject.h"
#include "../takeout/takeout_record.h"
#include "../../base/clock.h"
#include "../../volume/luks_header.h"

struct reporting {
	struct wv_ctx *ctx;
	const struct wv__incident *it;
	struct wv__takeout *t;
	struct wv_doc *record;   /* the take-out record; NULL: a problem */
	struct wv_doc *doc;      /* what is handed out */
	struct wv_doc *problems; /* array of sentences */
	struct wv_doc *checked, *synced, *seen, *opened, *closed; /* the newest records of that sort; owned */
	struct wv_doc *opening;  /* an open that began, and did not say how it ended; owned */
};

static void clear(struct reporting *rep)
{
	wv__takeout_free(rep->t);
	wv_doc_free(rep->record);
	wv_doc_free(rep->doc);
	wv_doc_free(rep->problems);
	wv_doc_free(rep->checked);
	wv_doc_free(rep->synced);
	wv_doc_free(rep->seen);
	wv_doc_free(rep->opened);
	wv_doc_free(rep->opening);
	wv_doc_free(rep->closed);
}

/* What is missing is told; what the machine lacks ends the report. */
static int note_problem(struct reporting *rep, int r)
{
	cleanup_free char *text = NULL;

	if (r >= 0 || r == -ENOMEM)
		return r;
	text = strdup(wv_ctx_error(rep->ctx));
	return text ? wv__doc_append_str(rep->ctx, rep->problems, text) : wv__fail_memory(rep->ctx);
}

/* ---- what the ledger saw of it --------------------------------------------------------- */

static void keep(struct wv_doc **at, struct wv_doc *record)
{
	wv_doc_free(*at);
	*at = wv__doc_ref(record);
}

static int look_back(void *data, struct wv_doc *record)
{
	static const char *const at_hand[] = { /* the medium was there when these were written */
		"takeout.prepared", "takeout.out", "takeout.carried", "insert.seen", "open.end",
		"close.end", "check.end", "amend.end", "sync.end",
	};
	struct reporting *rep = data;
	struct wv_doc *body = wv_doc_get(record, "body");
	const char *kind = wv_doc_str(record, "kind");
	const char *outcome = wv_doc_str(body, "outcome");
	const bool done = !outcome || strcmp(outcome, "done") == 0;

	if (wv_doc_u64(record, "seq") >= rep->it->number)
		return 1;
	if ((strcmp(kind, "check.end") == 0 || strcmp(kind, "takeout.checked") == 0) &&
	    wv_doc_get(body, "findings"))
		keep(&rep->checked, record);
	if ((strcmp(kind, "sync.end") == 0 || strcmp(kind, "takeout.synced") == 0) && done)
		keep(&rep->synced, record);
	if (strcmp(kind, "open.begin") == 0)
		keep(&rep->opening, record);
	if (strcmp(kind, "open.end") == 0 || (strcmp(kind, "close.end") == 0 && done))
		wv_doc_free(take_ptr(rep->opening));
	if (strcmp(kind, "open.end") == 0 && done)
		keep(&rep->opened, record);
	if (strcmp(kind, "close.end") == 0 && done)
		keep(&rep->closed, record);
	for (size_t i = 0; i < ARRAY_SIZE(at_hand); i++)
		if (done && strcmp(kind, at_hand[i]) == 0)
			keep(&rep->seen, record);
	return 0;
}

/* A record's time; NULL without one. */
static const char *when(struct wv_doc *record)
{
	return record ? wv_doc_str(record, "time") : NULL;
}

static int last_known(struct reporting *rep, struct wv_doc **ret)
{
	struct wv_doc *body = rep->seen ? wv_doc_get(rep->seen, "body") : NULL;
	struct wv_doc *medium = wv_doc_get(body, "medium");
	const bool open = rep->opening || (rep->opened && (!rep->closed || wv_doc_u64(rep->closed, "seq") <
								  wv_doc_u64(rep->opened, "seq")));

	if (!medium)
		medium = wv_doc_get(rep->record, "target");
	return wv__doc_build(rep->ctx, ret, M_STR("time", when(rep->seen)),
			     M_STR("record", rep->seen ? wv_doc_str(rep->seen, "kind") : NULL),
			     M_STR("station", rep->t->st->policy->station),
			     M_PATH("path", wv_doc_str(medium, "path")), M_BOOL("open", open),
			     M_STR("opened", when(rep->opening ? rep->opening : rep->opened)), M_STR("closed", when(rep->closed)));
}

/* ---- what was on it -------------------------------------------------------------------- */

static int add_path(struct wv_ctx *ctx, struct wv_doc *array, const struct wv__entry *entry)
{
	char hex[65];

	if (entry->is_dir)
		return 0;
	wv__hex(entry->sha256, sizeof(entry->sha256), hex);
	return wv__doc_append_row(ctx, array, M_PATH("path", entry->path),
				  M_U64("size", entry->size), M_STR("sha256", hex));
}

static int contents(struct reporting *rep)
{
	cleanup_declaration struct wv__declaration *decl = NULL;
	cleanup_doc struct wv_doc *paths = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	struct wv__totals totals;
	char digest[65], created[WV_TIME_TEXT];
	int r;

	r = wv__takeout_declaration(rep->t, &decl);
	if (r < 0)
		return r;
	r = wv__declaration_totals(rep->ctx, decl, &totals);
	if (r < 0)
		return r;
	r = wv__declaration_digest(rep->ctx, decl, digest);
	if (r < 0)
		return r;
	r = wv__doc_array(rep->ctx, &paths);
	for (size_t i = 0; r == 0 && i < decl->entries.count; i++)
		r = add_path(rep->ctx, paths, decl->entries.at[i]);
	if (r < 0)
		return r;
	wv__time_format(decl->created, created);
	r = wv__doc_build(rep->ctx, &doc, M_STR("declaration", digest), M_STR("declared", created),
			  M_STR("purpose", decl->purpose), M_U64("files", totals.files),
			  M_U64("directories", totals.directories), M_U64("bytes", totals.bytes),
			  M_U64("outputs", decl->output_count), M_DOC("paths", paths));
	return r < 0 ? r : wv__doc_set(rep->ctx, rep->doc, M_DOC("contents", doc));
}

static int add_amendment(struct reporting *rep, struct wv_doc *body, struct wv_doc *array)
{
	cleanup_doc struct wv_doc *paper = NULL;
	int r;

	r = wv__paper_load(rep->t, wv_doc_str(body, "paper"), wv_doc_str(body, "amendment"), &paper);
	if (r < 0)
		return r;
	return wv__doc_append_row(rep->ctx, array, M_U64("n", wv_doc_u64(body, "n")),
				  M_STR("created", wv_doc_str(paper, "created")),
				  M_STR("origin", wv_doc_str(body, "origin")),
				  M_STR("purpose", wv_doc_str(body, "purpose")),
				  M_DOC("changes", wv_doc_get(paper, "changes")));
}

static int amendments(struct reporting *rep)
{
	cleanup_doc struct wv_doc *array = NULL;
	int r;

	r = wv__doc_array(rep->ctx, &array);
	for (size_t i = 0; r == 0 && i < wv_doc_count(rep->t->amended); i++)
		r = add_amendment(rep, wv_doc_at(rep->t->amended, i), array);
	return r < 0 ? r : wv__doc_set(rep->ctx, rep->doc, M_DOC("amendments", array));
}

/* The last comparison of the volume with its declaration, by `check` or by the return. */
static int checked(struct reporting *rep)
{
	struct wv_doc *body = rep->checked ? wv_doc_get(rep->checked, "body") : NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	int r;

	if (!body)
		return wv__doc_set(rep->ctx, rep->doc, M_DOC("checked", NULL));
	r = wv__doc_build(rep->ctx, &doc, M_STR("time", when(rep->checked)),
			  M_U64("declared", wv_doc_u64(body, "declared")),
			  M_DOC("findings", wv_doc_get(body, "findings")));
	return r < 0 ? r : wv__doc_set(rep->ctx, rep->doc, M_DOC("checked", doc));
}

/* ---- how it was protected --------------------------------------------------------------- */

/*
 * What the PPC asks of encrypted data that leaked: was the key kept apart from
 * them? At prepare workvol held the disks of both against each other, but for a
 * lab; of the loss itself people tell.
 */
static int key_question(struct reporting *rep, struct wv_doc **ret)
{
	const char *said = rep->it->key;
	const char *answer = strcmp(said, "apart") == 0 ? "yes" :
			     strcmp(said, "with") == 0  ? "no" : "unknown";

	return wv__doc_build(rep->ctx, ret,
			     M_STR("at_prepare", wv_doc_bool(rep->record, "lab") ? "not examined" : "apart"),
			     M_STR("at_loss", said), M_STR("kept_apart", answer));
}

/* The gate lets no other volume be prepared or opened: two factors, one slot, this cipher. */
static int protection(struct reporting *rep)
{
	cleanup_doc struct wv_doc *key = NULL;
	cleanup_doc struct wv_doc *factors = NULL;
	cleanup_doc struct wv_doc *doc = NULL;
	int r;

	r = key_question(rep, &key);
	if (r < 0)
		return r;
	r = wv__doc_array(rep->ctx, &factors);
	if (r == 0)
		r = wv__doc_append_str(rep->ctx, factors, "key file");
	if (r == 0)
		r = wv__doc_append_str(rep->ctx, factors, "passphrase");
	if (r < 0)
		return r;
	r = wv__doc_build(rep->ctx, &doc, M_STR("format", "LUKS2"),
			  M_STR("cipher", WV__LUKS_CIPHER ", 512-bit key"), M_DOC("factors", factors),
			  M_DOC("key_copies", wv_doc_get(rep->record, "key_copies")),
			  M_STR("header", wv_doc_str(rep->record, "header")), M_DOC("key", key));
	return r < 0 ? r : wv__doc_set(rep->ctx, rep->doc, M_DOC("protection", doc));
}

static int record_and_protection(struct reporting *rep)
{
	const int r = wv__record_of(rep->t, &rep->record);

	return r < 0 ? r : protection(rep);
}

/* ---- the whole --------------------------------------------------------------------------- */

static int begin(struct reporting *rep)
{
	const struct wv_station *st = rep->t->st;
	const enum wv__step step = rep->t->body[WV__STEP_DECLARED] ? WV__STEP_DECLARED :
								     WV__STEP_CARRIED;
	struct wv_doc *body = rep->t->body[step];
	cleanup_doc struct wv_doc *incident = NULL;
	char now[WV_TIME_TEXT];
	int r;

	wv__time_format(wv__now(), now);
	r = wv__incident_doc(rep->ctx, rep->it, wv__now(), &incident);
	if (r < 0)
		return r;
	return wv__doc_build(rep->ctx, &rep->doc, M_STR("type", "incident-report"), M_U64("v", 1),
			     M_BOOL("lab", st->policy->lab), M_STR("created", now),
			     M_STR("station", st->policy->station), M_STR("client", st->policy->client),
			     M_STR("contact", st->policy->contact), M_DOC("incident", incident),
			     M_STR("volume", rep->it->volume), M_STR("takeout", rep->t->id),
			     M_STR("state", wv__state_name(rep->t->state)),
			     M_DOC("holder", wv_doc_get(body, "holder")),
			     M_STR("due", wv_doc_str(body, "due")),
			     M_DOC("client_approval", wv_doc_get(body, "client_approval")),
			     M_DOC("medium", wv_doc_get(body, "target")));
}

static int fill(struct reporting *rep)
{
	static int (*const parts[])(struct reporting *rep) = {
		contents, amendments, checked, record_and_protection,
	};
	cleanup_doc struct wv_doc *last = NULL, *exemption = NULL;
	int r;

	r = begin(rep);
	if (r == 0)
		r = wv__doc_array(rep->ctx, &rep->problems);
	if (r == 0)
		r = wv__ledger_each(rep->ctx, rep->t->st->ledger, rep->t->id, 1, look_back, rep);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(parts); i++)
		r = note_problem(rep, parts[i](rep));
	if (r >= 0)
		r = last_known(rep, &last);
	if (r < 0)
		return r;
	r = wv__doc_set(rep->ctx, rep->doc, M_DOC("last_known", last));
	if (r == 0)
		r = wv__incident_exemption(rep->ctx, rep->doc, &exemption);
	if (r < 0)
		return r;
	return wv__doc_set(rep->ctx, rep->doc, M_DOC("exemption", exemption), M_STR("saved", when(rep->synced)),
			   M_DOC("problems", rep->problems),
			   M_STR("status", wv_doc_count(rep->problems) ? "broken" : "complete"));
}

static int report_one(struct wv_station *st, const struct wv__incident *it, struct wv_doc *array)
{
	cleanup(clear) struct reporting rep = { .ctx = st->ctx, .it = it };
	int r;

	r = wv__takeout_load(st, it->takeout, &rep.t);
	if (r == 0)
		r = fill(&rep);
	return r < 0 ? r : wv__doc_append(st->ctx, array, rep.doc);
}

/* A number is an incident's, anything else a volume's: then the newest of it. */
static int wanted(struct wv_station *st, struct wv__incidents *list, const char *id,
		  const struct wv__incident **ret)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	const bool is_number = strspn(id, "0123456789") == strlen(id);
	int r;

	if (!is_number) {
		r = wv__subject_takeout(st, id, &t);
		if (r < 0)
			return r;
	}
	for (size_t i = list->n; i-- > 0;) {
		*ret = &list->at[i];
		if (is_number ? list->at[i].number == strtoull(id, NULL, 10) :
				strcmp(list->at[i].takeout, t->id) == 0)
			return 0;
	}
	return wv__fail(st->ctx, -ENOENT, is_number ? N_("there is no incident %s: see workvol incident list") :
						      N_("there is no incident of %s: see workvol incident list"), id);
}

WV_API int wv_flow_incident_report(struct wv_station *st, const char *id,
				   struct wv_doc **ret_reports)
{
	cleanup_incidents struct wv__incidents list = { 0 };
	cleanup_doc struct wv_doc *array = NULL;
	const struct wv__incident *one = NULL;
	int r;

	r = wv__doc_array(st->ctx, &array);
	if (r == 0)
		r = wv__incidents_read(st, NULL, &list);
	if (r == 0 && id) {
		r = wanted(st, &list, id, &one);
		if (r == 0)
			r = report_one(st, one, array);
	}
	for (size_t i = 0; r == 0 && !id && i < list.n; i++)
		if (!list.at[i].closed)
			r = report_one(st, &list.at[i], array);
	if (r < 0)
		return r;
	if (!wv_doc_count(array))
		return wv__fail(st->ctx, -ENOENT, "no incident is open: give the number of one of workvol incident list");
	*ret_reports = take_ptr(array);
	return 0;
}
