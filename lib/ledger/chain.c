/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chain.c - is the ledger as it was written? and the checkpoint that says
 * where it stands
 */
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "merkle.h"
#include "record.h"

struct checkpoint {
	uint64_t size;
	const char *head;
	const char *root;
};

struct walk {
	struct wv_ctx *ctx;
	const struct checkpoint *checkpoint; /* or NULL */
	const struct checkpoint
		*said; /* what a shared store calls its head, without root; or NULL */
	struct wv__merkle tree;
	uint64_t records;
	char head[WV_SHA256_HEX], head_before[WV_SHA256_HEX]; /* of the last two records */
	uint64_t first_bad;				      /* 0: none is known */
	uint64_t back_dated;	 /* the first that is older than the one before it; 0: none */
	char time[WV_TIME_TEXT]; /* of the last record */
	char *detail;		 /* NULL: intact */
	struct wv__merkle_path *path;			      /* of the record to be proven, or NULL */
	struct wv_doc *proven;				      /* that record */
};

#define cleanup_walk cleanup(walk_free)

static void walk_free(struct walk *walk)
{
	wv__merkle_free(&walk->tree);
	free(walk->detail);
	wv_doc_free(walk->proven);
}

/* The first fault is the one that counts: after it nothing is compared. */
static int broken(struct walk *walk, uint64_t first_bad, const char *detail)
{
	walk->first_bad = first_bad;
	walk->detail = strdup(detail);
	return walk->detail ? 0 : wv__fail_memory(walk->ctx);
}

/*
 * Where a link does not hold, one of its two records is wrong, and both agree
 * with themselves (their hashes were compared). A later one that is chained
 * past the earlier one, or to something else in its place, shows the earlier
 * one as put in, or changed with its hash.
 */
static int check_link(struct walk *walk, const struct wv__row *row, const struct wv__record *record,
		      const char *hex)
{
	const uint64_t before = MAX(row->seq - 1, 1);

	if (record->seq > row->seq)
		return broken(walk, row->seq, "a record is missing here, and the rest renumbered");
	if (record->seq < row->seq && strcmp(hex, walk->head) != 0 &&
	    !strcmp(record->prev, walk->head_before))
		return broken(walk, before, "a record was put in here, and the rest renumbered");
	if (record->seq < row->seq)
		return broken(walk, row->seq, "an older record stands in this place");
	if (strcmp(record->prev, walk->head) != 0)
		return broken(walk, before, "the next record was chained to another one");
	return 0;
}

static int check_row(struct walk *walk, const struct wv__row *row, char ret_hex[WV_SHA256_HEX])
{
	cleanup_record struct wv__record record = { 0 };
	int r;

	if (row->seq != walk->records + 1)
		return broken(walk, walk->records + 1,
			      "a record is missing here, or has a number that cannot be");
	r = wv__record_of_row(walk->ctx, row, &record, ret_hex);
	if (r == -EBADMSG)
		return broken(walk, row->seq, wv_ctx_error(walk->ctx));
	if (r < 0)
		return r;
	/* No proof of tampering: a clock may be set. Times in this form compare as text. */
	if (!walk->back_dated && strcmp(record.time, walk->time) < 0)
		walk->back_dated = row->seq;
	snprintf(walk->time, sizeof(walk->time), "%s", record.time);
	if (walk->path && row->seq == walk->path->leaf + 1)
		walk->proven = wv__doc_ref(record.doc);
	return check_link(walk, row, &record, ret_hex);
}

static int compare_checkpoint(struct walk *walk)
{
	const struct checkpoint *checkpoint = walk->checkpoint;
	char root[WV_SHA256_HEX];

	if (!checkpoint || walk->detail || walk->tree.size != checkpoint->size)
		return 0;
	if (wv__merkle_root(&walk->tree, root) < 0)
		return wv__fail_memory(walk->ctx);
	if (strcmp(root, checkpoint->root) != 0 || strcmp(walk->head, checkpoint->head) != 0)
		return broken(walk, 0,
			      "the whole chain was written anew: it is not the checkpoint's");
	return 0;
}

/* The head of a shared store is a checkpoint that nobody signed: it must agree, and proves nothing.
 */
static int compare_head(struct walk *walk)
{
	if (walk->detail || !walk->said || walk->tree.size != walk->said->size ||
	    !strcmp(walk->head, walk->said->head))
		return 0;
	return broken(walk, MAX(walk->records, 1),
		      "it is not the record that the chain's head names");
}

static int walk_row(void *data, const struct wv__row *row)
{
	char hex[WV_SHA256_HEX] = "";
	struct walk *walk = data;
	int r = 0;

	if (!walk->detail)
		r = check_row(walk, row, hex);
	if (r == 0 && !*hex && wv__sha256_hex(row->record, row->len, hex) < 0)
		r = wv__fail_memory(walk->ctx);
	if (r < 0)
		return r;
	walk->records++;
	memcpy(walk->head_before, walk->head, sizeof(walk->head));
	memcpy(walk->head, hex, sizeof(hex));
	if (walk->detail)
		return 0;
	if (wv__merkle_add(&walk->tree, row->record, row->len) < 0)
		return wv__fail_memory(walk->ctx);
	r = compare_checkpoint(walk);
	return r < 0 ? r : compare_head(walk);
}

/* Others may add to it meanwhile: there may be more than the head said before, but not more than it
 * says now. */
static int compare_end(struct wv_ctx *ctx, struct wv__ledger *ledger, struct walk *walk)
{
	char hash[WV_SHA256_HEX];
	uint64_t seq;
	int r;

	if (walk->detail || !walk->said)
		return 0;
	if (walk->records < walk->said->size)
		return broken(walk, walk->records + 1,
			      "the chain's head names a later record: the tail was cut off");
	r = wv__store_head(ctx, ledger, &seq, hash);
	if (r == 0 && walk->records > seq)
		return broken(walk, seq + 1, "a record was put in here, behind the chain's head");
	return r;
}

static int read_said(struct wv_ctx *ctx, struct wv__ledger *ledger, struct walk *walk,
		     struct checkpoint *said, char head[WV_SHA256_HEX])
{
	int r;

	if (!wv__store_is_shared(ledger))
		return 0;
	r = wv__store_head(ctx, ledger, &said->size, head);
	if (r < 0)
		return r;
	said->head = head;
	walk->said = said;
	return 0;
}

static int walk_all(struct wv_ctx *ctx, struct wv__ledger *ledger,
		    const struct checkpoint *checkpoint, struct walk *walk)
{
	struct checkpoint said = { 0 };
	char said_head[WV_SHA256_HEX];
	int r;

	walk->ctx = ctx;
	walk->checkpoint = checkpoint;
	memcpy(walk->head, wv__record_zeros, sizeof(walk->head));
	if (wv__merkle_init(&walk->tree) < 0)
		return wv__fail_memory(ctx);
	walk->tree.path = walk->path;
	r = read_said(ctx, ledger, walk, &said, said_head);
	if (r == 0)
		r = compare_checkpoint(walk);
	if (r == 0)
		r = wv__store_each(ctx, ledger, &(struct wv__query){ 0 }, walk_row, walk);
	if (r == -EBADMSG && !walk->detail)
		return broken(walk, walk->records + 1, wv_ctx_error(ctx));
	if (r < 0 && r != -EBADMSG)
		return r;
	if (!walk->detail && checkpoint && walk->records < checkpoint->size)
		r = broken(walk, walk->records + 1,
			   "the checkpoint covers more: the tail was cut off");
	else
		r = compare_end(ctx, ledger, walk);
	walk->said = NULL;
	return r;
}

static int read_checkpoint(struct wv_ctx *ctx, struct wv_doc *doc, struct checkpoint *ret)
{
	static const char name[] = "checkpoint";
	const char *type;
	uint64_t v;

	if (wv__doc_need_u64(ctx, doc, name, "v", &v) < 0 ||
	    wv__doc_need_str(ctx, doc, name, "type", &type) < 0 ||
	    wv__doc_need_u64(ctx, doc, name, "size", &ret->size) < 0 ||
	    wv__doc_need_str(ctx, doc, name, "head", &ret->head) < 0 ||
	    wv__doc_need_str(ctx, doc, name, "root", &ret->root) < 0)
		return -EBADMSG;
	if (v != 1 || strcmp(type, "checkpoint") != 0 || !wv__is_hex64(ret->head) ||
	    !wv__is_hex64(ret->root))
		return wv__fail(ctx, -EBADMSG, "not a checkpoint of a ledger");
	return 0;
}

static int describe(struct walk *walk, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *result = NULL;
	int r;

	r = wv__doc_build(
		walk->ctx, &result, M_U64("records", walk->records), M_STR("head", walk->head),
		M_STR("status", walk->detail ? "broken" : "intact"), M_DOC("first_bad", NULL),
		M_STR("detail", walk->detail), M_DOC("back_dated", NULL));
	if (r == 0 && walk->first_bad)
		r = wv__doc_set(walk->ctx, result, M_U64("first_bad", walk->first_bad));
	if (r == 0 && walk->back_dated)
		r = wv__doc_set(walk->ctx, result, M_U64("back_dated", walk->back_dated));
	if (r < 0)
		return r;
	*ret = take_ptr(result);
	return 0;
}

int wv__ledger_check(struct wv_ctx *ctx, struct wv__ledger *ledger, struct wv_doc *checkpoint,
		     struct wv_doc **ret_result)
{
	cleanup_walk struct walk walk = { 0 };
	struct checkpoint point;
	int r;

	if (checkpoint) {
		r = read_checkpoint(ctx, checkpoint, &point);
		if (r < 0)
			return r;
	}
	r = walk_all(ctx, ledger, checkpoint ? &point : NULL, &walk);
	if (r < 0)
		return r;
	return describe(&walk, ret_result);
}

/* Only of a chain that holds. */
static int stand(struct walk *walk, struct wv__ledger *ledger, const char *origin, struct wv_doc **ret)
{
	struct wv_ctx *ctx = walk->ctx;
	char root[WV_SHA256_HEX], time[WV_TIME_TEXT];
	int r;

	r = walk_all(ctx, ledger, NULL, walk);
	if (r < 0)
		return r;
	if (walk->detail)
		return wv__fail(ctx, -EBADMSG, "the ledger is broken at record %" PRIu64 ": %s",
				walk->first_bad, walk->detail);
	if (wv__merkle_root(&walk->tree, root) < 0)
		return wv__fail_memory(ctx);
	wv__time_format(wv__now(), time);
	return wv__doc_build(ctx, ret, M_U64("v", 1), M_STR("type", "checkpoint"),
			     M_STR("origin", origin), M_U64("size", walk->records),
			     M_STR("head", walk->head), M_STR("root", root), M_STR("time", time));
}

int wv__ledger_checkpoint(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *origin,
			  struct wv_doc **ret)
{
	cleanup_walk struct walk walk = { .ctx = ctx };

	return stand(&walk, ledger, origin, ret);
}

static int path_doc(struct wv_ctx *ctx, const struct wv__merkle_path *path, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *nodes = NULL;
	char hex[WV_SHA256_HEX];
	int r;

	r = wv__doc_array(ctx, &nodes);
	for (unsigned int i = 0; r == 0 && i < path->len; i++) {
		wv__hex(path->node[i], sizeof(path->node[i]), hex);
		r = wv__doc_append_str(ctx, nodes, hex);
	}
	if (r < 0)
		return r;
	*ret = take_ptr(nodes);
	return 0;
}

int wv__ledger_prove(struct wv_ctx *ctx, struct wv__ledger *ledger, const char *origin, uint64_t seq,
		     struct wv_doc **ret)
{
	struct wv__merkle_path path = { .leaf = seq - 1 };
	cleanup_walk struct walk walk = { .ctx = ctx, .path = &path };
	cleanup_doc struct wv_doc *point = NULL;
	cleanup_doc struct wv_doc *nodes = NULL;
	int r;

	r = stand(&walk, ledger, origin, &point);
	if (r < 0)
		return r;
	if (!walk.proven)
		return wv__fail(ctx, -ENOENT, "the ledger has no record %" PRIu64, seq);
	r = path_doc(ctx, &path, &nodes);
	if (r < 0)
		return r;
	return wv__doc_build(ctx, ret, M_U64("v", 1), M_STR("type", "proof"), M_DOC("record", walk.proven),
			     M_U64("index", path.leaf), M_U64("size", walk.records), M_DOC("path", nodes),
			     M_DOC("checkpoint", point));
}
