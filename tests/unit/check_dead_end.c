/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_dead_end.c - the papers of dead ends: each of its own state alone, whole or not at all
 */
#include <errno.h>

#include "flow_world.h"
#include "support_doc.h"

static void make(void)
{
	make_until(WV__KEYS_DESTROYED);
}

static char id[37];

static struct wv__takeout *takeout(void)
{
	cleanup_doc struct wv_doc *list = NULL;
	struct wv__takeout *t = NULL;

	ck_done(wv_flow_list(w.st, 0, &list));
	ck_done(wv__takeout_load(w.st, wv_doc_str(wv_doc_at(list, 0), "takeout"), &t));
	return t;
}

/* The keys are gone, and the wipe failed. */
static void failed(void)
{
	cleanup_doc struct wv_doc *wipe = doc_of("{\"wipe\":{\"status\":\"failed\",\"bad\":[{\"offset\":0,\"length\":512}]}}");
	cleanup_takeout struct wv__takeout *t = NULL;

	stage("keys-destroyed");
	t = takeout();
	snprintf(id, sizeof(id), "%s", t->id);
	ck_done(wv__takeout_step(t, WV__STEP_WIPE_FAILED, wipe));
}

static int ask(const char *form, struct wv_doc **ret)
{
	return wv_flow_incident_form(w.st, form, id, ret);
}

START_TEST(what_awaits_its_destruction_has_that_paper_alone)
{
	cleanup_doc struct wv_doc *form = NULL, *none = NULL;

	failed();
	ck_done(ask("destruction", &form));
	ck_assert_str_eq(wv_doc_str(form, "state"), "awaiting-destruction");
	ck_assert_str_eq(wv_doc_str(wv_doc_get(form, "wipe"), "status"), "failed");
	ck_assert_ptr_nonnull(wv_doc_str(form, "keys_destroyed"));
	ck_assert_ptr_nonnull(wv_doc_str(form, "wipe_failed"));
	ck_assert_ptr_nonnull(wv_doc_str(form, "saved"));
	ck_assert_ptr_null(wv_doc_get(form, "incident"));
	ck_assert_int_eq(ask("unrecoverable", &none), -EPERM);
	ck_assert_int_eq(ask("found", &none), -EPERM);
	ck_assert_int_eq(ask("lost", &none), -EINVAL);
	ck_assert_ptr_null(none);
}
END_TEST

static int destruction(struct wv_doc **ret)
{
	return ask("destruction", ret);
}

static void is_whole(int n, int r)
{
	cleanup_doc struct wv_doc *form = NULL;

	(void)n;
	(void)r;
	ck_done(destruction(&form));
}

START_TEST(a_paper_survives_every_failure)
{
	failed();
	ck_assert_int_ge(fault_loop(&(struct fault_loop){ .op = destruction, .after = is_whole }), 20);
}
END_TEST

FLOW_MAIN("dead_end", make, what_awaits_its_destruction_has_that_paper_alone, a_paper_survives_every_failure)
