/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report_table.c - the clauses, and the records that count for each; the same
 * as docs/clauses.md tells in words
 */
#include <string.h>

#include "report_table.h"

const struct wv__clause wv__clauses[] = {
	{ "S1", "the annex is one with the contract", "the client's approval number of each take-out: under S3-3" },
	{ "S2", "personal data law and the rules apply", NULL },
	{ "S3-1", "no use beyond the purpose", NULL },
	{ "S3-2", "encryption, passwords, access limits; a locked cabinet", "the cabinet is outside" },
	{ "S3-3", "no take-out without the client's prior approval", NULL },
	{ "S3-4", "the client knows where electronic data is kept", NULL },
	{ "S4", "train staff", NULL },
	{ "S5", "subcontract only with written consent", NULL },
	{ "S6", "joint liability", "outside workvol" },
	{ "S7", "return supplied assets on completion", NULL },
	{ "S8", "recover assets from subcontractors", NULL },
	{ "S9-1", "periodic and ad-hoc compliance reports", NULL },
	{ "S9-2", "report violations, or likely ones, immediately", NULL },
	{ "S9-3", "the same for any incident", NULL },
	{ "S10", "on-site inspection", NULL },
	{ "S11", "the client may publish incidents", "where the client did, the incident's records say so" },
	{ "S12", "obey further instructions", "the policy of each take-out: under S2" },
	{ "S13", "termination", "outside workvol" },
	{ "S14", "damages", "outside workvol" },
	{ "R1", "detailed procedures", "what the holder acknowledged: under R3-4" },
	{ "R2-1", "contact the client's desk", "the contact is at the head of this report" },
	{ "R2-2", "within 60 minutes of first recognition", NULL },
	{ "R3-1", "two-factor authentication", "how a laptop logs people in: in its take-out record" },
	{ "R3-2", "the responsible person's approval before take-out and on return", NULL },
	{ "R3-3", "secrets encrypted", NULL },
	{ "R3-4", "no drinking parties with the equipment", NULL },
	{ "R3-5", "only the necessary information stored", NULL },
	{ "R3-6", "saved to the designated server, then deleted with nothing left", NULL },
	{ "R4-1", "the responsible person's permission for any secret", "paper is outside" },
	{ "R4-2", "nothing unneeded taken out", NULL },
	{ "R4-3", "not mislaid or lost", NULL },
	{ "R4-4", "no drinking parties", NULL },
	{ "R5", "phones", "the phone itself is outside" },
	{ "R6", "e-mail", "attachments are not sealed yet (R6-2); the rest is outside" },
	{ "R7", "no secrets in online services", NULL },
};
const size_t wv__clauses_count = ARRAY_SIZE(wv__clauses);

static bool is_done(struct wv_doc *body)
{
	const char *outcome = wv_doc_str(body, "outcome");

	return outcome && strcmp(outcome, "done") == 0;
}

static bool has_number(struct wv_doc *body)
{
	return wv_doc_str(wv_doc_get(body, "client_approval"), "number");
}

/* The client was told, not only somebody else. A record that does not say is of the client. */
static bool is_clients(struct wv_doc *body)
{
	return !wv_doc_get(body, "client") || wv_doc_bool(body, "client");
}

#define IS_OF(reg) \
	static bool is_##reg(struct wv_doc *body) \
	{ \
		const char *name = wv_doc_str(body, "register"); \
\
		return name && strcmp(name, #reg) == 0; \
	}
IS_OF(storage)
IS_OF(training)
IS_OF(subcontractor)
IS_OF(asset)
IS_OF(recall)
IS_OF(checklist)

const struct wv__deed wv__deeds[] = {
	{ "S2", "takeout.declared", NULL, "take-outs asked for under a recorded policy" },
	{ "S3-1", "takeout.declared", NULL, "take-outs with a purpose and a term" },
	{ "S3-2", "takeout.prepared", NULL, "volumes encrypted, opened by both factors only" },
	{ "S3-3", "takeout.declared", has_number, "take-outs with the client's approval number" },
	{ "S3-4", "register.entered", is_storage, "places on the storage register" },
	{ "S3-4", "takeout.synced", NULL, "saves to the designated server" },
	{ "S4", "register.entered", is_training, "trainings" },
	{ "S5", "register.entered", is_subcontractor, "subcontractors with the client's consent" },
	{ "S7", "register.entered", is_asset, "assets supplied" },
	{ "S7", "register.ended", is_asset, "assets given back" },
	{ "S8", "register.entered", is_recall, "recalls opened" },
	{ "S8", "register.ended", is_recall, "recalls closed" },
	{ "S9-1", "report.end", is_done, "reports" },
	{ "S9-2", "incident.opened", NULL, "incidents recorded" },
	{ "S9-2", "incident.notified", is_clients, "notices to the client" },
	{ "S9-3", "incident.opened", NULL, "incidents recorded" },
	{ "S10", "inspect.end", is_done, "inspector's bundles" },
	{ "S12", "policy.instructed", NULL, "instructions recorded, or ended" },
	{ "R2-2", "incident.notified", is_clients, "notices to the client" },
	{ "R3-1", "open.end", is_done, "openings, each with both factors" },
	{ "R3-2", "takeout.approved", NULL, "approvals before take-out" },
	{ "R3-2", "takeout.return-approved", NULL, "approvals on return" },
	{ "R3-2", "takeout.unrecoverable", NULL, "approvals to give a volume up" },
	{ "R3-3", "takeout.prepared", NULL, "volumes encrypted" },
	{ "R3-4", "takeout.out", NULL, "hand-overs, the rule acknowledged" },
	{ "R3-5", "takeout.checked", NULL, "checks at the return: as declared" },
	{ "R3-5", "takeout.amended", NULL, "amendments" },
	{ "R3-6", "takeout.synced", NULL, "receipts of the server" },
	{ "R3-6", "takeout.keys-destroyed", NULL, "destructions of keys, read back" },
	{ "R3-6", "takeout.wiped", NULL, "wipes" },
	{ "R3-6", "takeout.certified", NULL, "certificates" },
	{ "R4-1", "takeout.approved", NULL, "approvals before take-out" },
	{ "R4-2", "takeout.checked", NULL, "checks at the return: as declared" },
	{ "R4-3", "takeout.lost", NULL, "volumes lost" },
	{ "R4-3", "takeout.found", NULL, "volumes found again" },
	{ "R4-4", "takeout.out", NULL, "hand-overs, the rule acknowledged" },
	{ "R5", "register.entered", is_checklist, "checklists of devices" },
	{ "R7", "takeout.synced", NULL, "saves, to the designated server only" },
};
_Static_assert(ARRAY_SIZE(wv__deeds) == WV__DEEDS, "a deed more or less");

const struct wv__exception_row wv__exceptions[WV__EXCEPTIONS] = {
	[WV__OVERDUE] = { "overdue", "R4-3", "overdue" },
	[WV__OVERRUN] = { "incident-overrun", "R2-2", "client told too late, or not" },
	[WV__REFUSED] = { "refused", NULL, "refused" },
	[WV__FAILED] = { "failed", NULL, "failed" },
	[WV__PROOF_FAILED] = { "proof-failed", NULL, "a proof failed" },
	[WV__UNKNOWN_VERDICT] = { "unknown-verdict", "R3-6", "wipe not proven in full" },
	[WV__SELF_VERIFIED] = { "self-verified", "R3-6", "receipt by the station itself" },
	[WV__ROSTER_CHANGED] = { "roster-changed", "R3-2", "roster changed" },
	[WV__GIVEN_UP] = { "given-up", "R3-6", "contents given up" },
	[WV__INCIDENT] = { "incident", "S9-3", "incident" },
	[WV__INTERRUPTED] = { "interrupted", NULL, "interrupted" },
	[WV__UNFINISHED] = { "unfinished", NULL, "begun, and no end recorded" },
	[WV__SIGNED_FOR_HOLDER] = { "signed-for-holder", "R3-4", "hand-over signed by the station" },
	[WV__ALERT] = { "alert", "R4-3", "alert at an inserted medium" },
};
