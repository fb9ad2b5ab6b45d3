/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rules.c - the rules that a take-out was approved under
 */
#include <string.h>

#include "rules.h"

int wv__rules(struct wv_station *st, struct wv_doc **ret)
{
	const struct wv__policy *policy = st->policy;

	return wv__doc_build(st->ctx, ret, M_U64("approval_hours", policy->approval_hours),
			     M_STR("exposed_host", policy->exposed_host == WV__EXPOSED_REFUSE ? "refuse" : "warn"),
			     M_BOOL("holder_signs", policy->holder_signature == WV__HOLDER_REQUIRED),
			     M_U64("receipt_minutes", policy->receipt_minutes),
			     M_STR("search_dirs", policy->search_dirs),
			     M_U64("search_minutes", policy->search_minutes),
			     M_BOOL("self_approval", policy->self_approval));
}

bool wv__rules_holder_signs(struct wv_doc *record)
{
	return wv_doc_bool(wv_doc_get(record, "rules"), "holder_signs");
}

/* A record of before these were rules does not bind them. */
static bool refuses_exposed(struct wv_doc *rules)
{
	const char *bound = wv_doc_str(rules, "exposed_host");

	return bound && strcmp(bound, "refuse") == 0;
}

int wv__rules_hold(struct wv_station *st, struct wv_doc *record)
{
	const struct wv__policy *policy = st->policy;
	struct wv_doc *rules = wv_doc_get(record, "rules");
	const struct {
		const char *setting;
		bool looser;
	} today[] = {
		{ "approval-hours", policy->approval_hours > wv_doc_u64(rules, "approval_hours") },
		{ "exposed-host", policy->exposed_host != WV__EXPOSED_REFUSE && refuses_exposed(rules) },
		{ "holder-signature", policy->holder_signature != WV__HOLDER_REQUIRED &&
					      wv_doc_bool(rules, "holder_signs") },
		{ "receipt-minutes", policy->receipt_minutes > wv_doc_u64(rules, "receipt_minutes") },
		{ "search-dirs", !wv__policy_dirs_have(policy->search_dirs, wv_doc_str(rules, "search_dirs")) },
		{ "search-minutes", policy->search_minutes < wv_doc_u64(rules, "search_minutes") },
		{ "self-approval", policy->self_approval && !wv_doc_bool(rules, "self_approval") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(today); i++)
		if (today[i].looser)
			return wv__fail(st->ctx, -EPERM, "the policy's %s is looser than the take-out record binds: set it back",
					today[i].setting);
	return 0;
}
