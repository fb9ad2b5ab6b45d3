/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report.c - the ledger's records folded into what a report tells
 */
#include <search.h>
#include <stdio.h>
#include <string.h>

#include "report_fold.h"
#include "../base/clock.h"

static void trip_free(struct wv__trip *trip)
{
	free(trip->holder);
	free(trip);
}

static void leave_it(void *trip)
{
	(void)trip; /* the list owns it */
}

void wv__report_free(struct wv__report *report)
{
	if (!report)
		return;
	for (size_t i = 0; i < WV__DEEDS; i++)
		free(report->deeds[i].at);
	for (size_t i = 0; i < report->found_n; i++) {
		free(report->found[i].sentence);
		free(report->found[i].records.at);
	}
	free(report->found);
	free(report->clocks);
	free(report->begun);
	tdestroy(report->by_id, leave_it);
	for (size_t i = 0; i < report->trips_n; i++)
		trip_free(report->trips[i]);
	free(report->trips);
	free(report);
}

void wv__report_freep(struct wv__report **report)
{
	wv__report_free(*report);
}

int wv__report_new(struct wv_ctx *ctx, uint64_t from, uint64_t to, uint64_t now,
		   struct wv__report **ret)
{
	struct wv__report *report;

	if (from > to)
		return wv__fail(ctx, -EINVAL, "the period ends before it begins");
	report = calloc(1, sizeof(*report));
	if (!report)
		return wv__fail_memory(ctx);
	*report = (struct wv__report){ .ctx = ctx, .from = from, .to = to, .now = now };
	*ret = report;
	return 0;
}

/* ---- lists that grow: doubled when their length is a power of two ---------------- */

static int grow(struct wv_ctx *ctx, void *list, size_t n, size_t item)
{
	void **at = list;
	void *more;

	if (n & (n - 1))
		return 0;
	more = reallocarray(*at, n ? 2 * n : 1, item);
	if (!more)
		return wv__fail_memory(ctx);
	*at = more;
	return 0;
}

int wv__seqs_add(struct wv_ctx *ctx, struct wv__seqs *seqs, uint64_t seq)
{
	const int r = grow(ctx, &seqs->at, seqs->n, sizeof(*seqs->at));

	if (r == 0)
		seqs->at[seqs->n++] = seq;
	return r;
}

static void set_id(char ret[37], const char *id)
{
	snprintf(ret, 37, "%s", id ? id : "");
}

int wv__report_found(struct wv__report *report, enum wv__exception what, char *sentence,
		     const char *takeout, uint64_t seq, uint64_t second)
{
	cleanup_free char *owned = sentence;
	struct wv__found *found;
	int r;

	if (!sentence)
		return wv__fail_memory(report->ctx);
	r = grow(report->ctx, &report->found, report->found_n, sizeof(*report->found));
	if (r < 0)
		return r;
	found = &report->found[report->found_n++];
	*found = (struct wv__found){ .what = what, .sentence = take_ptr(owned) };
	set_id(found->takeout, takeout);
	r = wv__seqs_add(report->ctx, &found->records, seq);
	return r == 0 && second ? wv__seqs_add(report->ctx, &found->records, second) : r;
}

/* ---- one record -------------------------------------------------------------------- */

struct seen {
	struct wv__report *report;
	const char *kind, *takeout;
	struct wv_doc *body;
	uint64_t seq, time;
	bool in_period;
};

static bool is(const struct seen *s, const char *kind)
{
	return strcmp(s->kind, kind) == 0;
}

static bool says(struct wv_doc *doc, const char *key, const char *text)
{
	const char *found = wv_doc_str(doc, key);

	return found && strcmp(found, text) == 0;
}

static uint64_t time_in(struct wv_doc *doc, const char *key, uint64_t otherwise)
{
	const char *text = wv_doc_str(doc, key);
	uint64_t when;

	return text && wv__time_parse(text, &when) == 0 ? when : otherwise;
}

static int tell(const struct seen *s, enum wv__exception what, char *sentence)
{
	if (s->in_period)
		return wv__report_found(s->report, what, sentence, s->takeout, s->seq, 0);
	free(sentence);
	return 0;
}

static int count_deeds(const struct seen *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && s->in_period && i < WV__DEEDS; i++)
		if (is(s, wv__deeds[i].kind) &&
		    (!wv__deeds[i].counts || wv__deeds[i].counts(s->body)))
			r = wv__seqs_add(s->report->ctx, &s->report->deeds[i], s->seq);
	return r;
}

/* ---- operations ---------------------------------------------------------------------- */

static int begin(const struct seen *s, size_t op_len)
{
	struct wv__report *report = s->report;
	struct wv__begun *begun;
	const int r = grow(report->ctx, &report->begun, report->begun_n, sizeof(*begun));

	if (r < 0)
		return r;
	begun = &report->begun[report->begun_n++];
	*begun = (struct wv__begun){ .seq = s->seq, .time = s->time };
	snprintf(begun->op, sizeof(begun->op), "%.*s", (int)op_len, s->kind);
	set_id(begun->takeout, s->takeout);
	return 0;
}

/* The newest ones end first, nearly always. */
static void forget_begun(struct wv__report *report, uint64_t seq)
{
	for (size_t i = report->begun_n; i-- > 0;) {
		if (report->begun[i].seq != seq)
			continue;
		memmove(&report->begun[i], &report->begun[i + 1],
			(report->begun_n - i - 1) * sizeof(*report->begun));
		report->begun_n--;
		return;
	}
}

static bool is_proven(struct wv_doc *wipe)
{
	return says(wipe, "status", "wiped");
}

static int verdict(const struct seen *s, struct wv_doc *wipe)
{
	const char *serial = wv_doc_str(wipe, "serial");
	const char *status = wv_doc_str(wipe, "status");
	const bool bad = says(wipe, "status", "failed") || says(wipe, "status", "cancelled");

	if (is_proven(wipe) || says(wipe, "status", "refused"))
		return 0; /* a refusal is told by the operation's outcome */
	return tell(s, bad ? WV__FAILED : WV__UNKNOWN_VERDICT,
		    wv__printf("the wipe of %s is %s", serial ? serial : "a medium",
			       status ? status : "unknown"));
}

static const char *first_error(struct wv_doc *devices)
{
	const char *error = NULL;

	for (size_t i = 0; !error && i < wv_doc_count(devices); i++)
		error = wv_doc_str(wv_doc_at(devices, i), "error");
	return error;
}

static int end(const struct seen *s, size_t op_len)
{
	static const struct {
		const char *outcome;
		enum wv__exception what;
	} rows[] = {
		{ "refused", WV__REFUSED },	    { "failed", WV__FAILED },
		{ "proof-failed", WV__PROOF_FAILED }, { "interrupted", WV__INTERRUPTED },
	};
	struct wv_doc *devices = wv_doc_get(s->body, "devices");
	const char *why = wv_doc_str(s->body, "why");
	int r = 0;

	if (!why && wv_doc_count(devices)) /* of several, the first that says */
		why = first_error(devices);
	forget_begun(s->report, wv_doc_u64(s->body, "begin"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (says(s->body, "outcome", rows[i].outcome))
			r = tell(s, rows[i].what,
				 wv__printf("%.*s: %s", (int)op_len, s->kind, why ? why : rows[i].outcome));
	for (size_t i = 0; r == 0 && i < wv_doc_count(devices); i++)
		r = verdict(s, wv_doc_at(devices, i));
	return r;
}

static int see_operation(const struct seen *s)
{
	const char *dot = strrchr(s->kind, '.');

	if (dot && strcmp(dot, ".begin") == 0)
		return begin(s, dot - s->kind);
	return dot && strcmp(dot, ".end") == 0 ? end(s, dot - s->kind) : 0;
}

/* ---- take-outs -------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct wv__trip *)a)->id, ((const struct wv__trip *)b)->id);
}

static int new_trip(const struct seen *s, struct wv__trip **ret)
{
	struct wv__report *report = s->report;
	struct wv__trip *trip;
	const int r = grow(report->ctx, &report->trips, report->trips_n, sizeof(*report->trips));

	if (r < 0)
		return r;
	trip = calloc(1, sizeof(*trip));
	if (!trip)
		return wv__fail_memory(report->ctx);
	report->trips[report->trips_n++] = trip;
	set_id(trip->id, s->takeout);
	trip->first = s->seq;
	if (!tsearch(trip, &report->by_id, by_id))
		return wv__fail_memory(report->ctx);
	*ret = trip;
	return 0;
}

static int trip_of(const struct seen *s, struct wv__trip **ret)
{
	struct wv__trip key;
	void **node;

	set_id(key.id, s->takeout);
	node = tfind(&key, &s->report->by_id, by_id);
	if (!node)
		return new_trip(s, ret);
	*ret = *node;
	return 0;
}

static int set_holder(const struct seen *s, struct wv__trip *trip)
{
	const char *name = wv_doc_str(wv_doc_get(s->body, "holder"), "name");

	trip->due = time_in(s->body, "due", 0);
	if (!name || trip->holder)
		return 0;
	trip->holder = strdup(name);
	return trip->holder ? 0 : wv__fail_memory(s->report->ctx);
}

static int see_takeout(const struct seen *s)
{
	struct wv__trip *trip = NULL;
	int r;

	if (strncmp(s->kind, "takeout.", 8) != 0 || !s->takeout)
		return 0;
	r = trip_of(s, &trip);
	if (r < 0)
		return r;
	trip->last = s->seq;
	trip->in_period |= s->in_period;
	if (wv_doc_str(s->body, "volume"))
		set_id(trip->volume, wv_doc_str(s->body, "volume"));
	if (is(s, "takeout.prepared") || is(s, "takeout.carried"))
		trip->prepared = s->seq;
	if ((is(s, "takeout.out") || is(s, "takeout.carried")) && !trip->out)
		trip->out = s->time;
	if (is(s, "takeout.keys-destroyed"))
		trip->back = s->time;
	if (is(s, "takeout.closed"))
		trip->closed = s->time;
	if (is(s, "takeout.declared") || is(s, "takeout.carried"))
		return set_holder(s, trip);
	return 0;
}

static int see_roster(const struct seen *s)
{
	struct wv__report *report = s->report;
	const char *digest = wv_doc_str(s->body, "roster");
	const bool changed = digest && *report->roster && strcmp(digest, report->roster) != 0;

	if (!digest || (!is(s, "station.init") && !is(s, "takeout.prepared")))
		return 0;
	snprintf(report->roster, sizeof(report->roster), "%s", digest);
	report->roster_seq = s->seq;
	return changed ? tell(s, WV__ROSTER_CHANGED,
			      wv__printf("this take-out is the first under another roster, SHA-256 %s", digest)) : 0;
}

static int see_wipe(const struct seen *s)
{
	struct wv_doc *wipe = wv_doc_get(s->body, "wipe");

	if (is(s, "takeout.wiped"))
		return verdict(s, wipe);
	return is(s, "takeout.wipe-failed") ?
		       tell(s, WV__FAILED, strdup("the wipe failed: the medium awaits its destruction")) : 0;
}

static int see_given_up(const struct seen *s)
{
	const char *approver = wv_doc_str(s->body, "approver");

	return is(s, "takeout.unrecoverable") ?
		       tell(s, WV__GIVEN_UP, wv__printf("a volume that could not be read was given up, with the consent of %s",
							approver ? approver : "-")) : 0;
}

static int see_signer(const struct seen *s)
{
	if ((is(s, "takeout.synced") || is(s, "takeout.renewed")) && wv_doc_bool(s->body, "self_verified"))
		return tell(s, WV__SELF_VERIFIED, strdup("the station signed the receipt of its own directory"));
	if (is(s, "takeout.out") && wv_doc_get(s->body, "signed_by_holder") &&
	    !wv_doc_bool(s->body, "signed_by_holder"))
		return tell(s, WV__SIGNED_FOR_HOLDER, strdup("the station signed the hand-over in the holder's name"));
	if (is(s, "insert.seen") && wv_doc_bool(s->body, "alert")) {
		const char *message = wv_doc_str(s->body, "message");

		return tell(s, WV__ALERT, strdup(message ? message : "a medium that must not be here"));
	}
	return 0;
}

/* ---- incidents --------------------------------------------------------------------------- */

static int open_clock(const struct seen *s, const char *volume)
{
	struct wv__report *report = s->report;
	const char *text = wv_doc_str(s->body, "text");
	struct wv__clock *clock;
	const int r = grow(report->ctx, &report->clocks, report->clocks_n, sizeof(*clock));

	if (r < 0)
		return r;
	clock = &report->clocks[report->clocks_n++];
	*clock = (struct wv__clock){
		.seq = s->seq,
		.opened = time_in(s->body, "recognised", s->time),
		.deadline = time_in(s->body, "deadline", s->time),
	};
	set_id(clock->volume, volume);
	set_id(clock->takeout, s->takeout);
	return tell(s, WV__INCIDENT, strdup(text ? text : "without words"));
}

/* Written down late, or corrected: the earliest counts. */
static void see_told(const struct seen *s, struct wv__clock *clock)
{
	const uint64_t when = time_in(s->body, "notified", s->time);

	if (clock->told && clock->told <= when)
		return;
	clock->told = when;
	clock->told_seq = s->seq;
}

static int see_incident(const struct seen *s)
{
	const char *volume = wv_doc_str(s->body, "volume");
	struct wv__report *report = s->report;

	if (strncmp(s->kind, "incident.", 9) != 0 || !volume)
		return 0;
	if (is(s, "incident.opened"))
		return open_clock(s, volume);
	for (size_t i = report->clocks_n; i-- > 0;) {
		struct wv__clock *clock = &report->clocks[i];

		if (strcmp(clock->volume, volume) != 0 || clock->closed)
			continue;
		clock->closed = is(s, "incident.closed");
		if (is(s, "incident.confirmed")) {
			clock->opened = MIN(clock->opened, time_in(s->body, "recognised", UINT64_MAX));
			clock->deadline = MIN(clock->deadline, time_in(s->body, "deadline", UINT64_MAX));
		}
		/* "client" absent: the client was told */
		if (is(s, "incident.notified") && (!wv_doc_get(s->body, "client") || wv_doc_bool(s->body, "client")))
			see_told(s, clock);
		break;
	}
	return 0;
}

int wv__report_add(struct wv__report *report, struct wv_doc *record)
{
	static int (*const see[])(const struct seen *) = {
		count_deeds, see_operation, see_takeout, see_roster, see_wipe, see_given_up, see_signer, see_incident,
	};
	struct seen s = {
		.report = report,
		.kind = wv_doc_str(record, "kind"),
		.takeout = wv_doc_str(record, "takeout"),
		.body = wv_doc_get(record, "body"),
		.seq = wv_doc_u64(record, "seq"),
		.time = time_in(record, "time", 0),
	};
	int r = 0;

	if (!s.kind || s.time > report->to)
		return 0;
	s.in_period = s.time >= report->from;
	if (s.in_period) {
		report->counted++;
		report->first = report->first ? report->first : s.seq;
		report->last = s.seq;
	}
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(see); i++)
		r = see[i](&s);
	return r;
}
