/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sqlite.c - rows of exact bytes in a SQLite file. The only file that knows SQLite.
 */
#include "store.h"

#include <fcntl.h>
#include <libgen.h>
#include <string.h>

#include <sqlite3.h>

#include "../base/fs.h"

#define BUSY_MS 10000

struct wv__store {
	sqlite3 *db;
	char *path;
};

/* No index: what is read must be the rows, and an index can be made to hide one. */
static const char create_table[] = "CREATE TABLE IF NOT EXISTS records ("
				   "seq INTEGER PRIMARY KEY, "
				   "kind TEXT NOT NULL, "
				   "takeout TEXT, "
				   "hash TEXT NOT NULL, "
				   "record BLOB NOT NULL) STRICT";

static const char insert_row[] = "INSERT INTO records (seq, kind, takeout, hash, record) "
				 "VALUES (?1, ?2, ?3, ?4, ?5)";

#define SELECT_ROWS                                                                                \
	"SELECT seq, kind, takeout, hash, record FROM records NOT INDEXED "                        \
	"WHERE seq >= ?1 AND (?2 IS NULL OR takeout = ?2) AND (?3 IS NULL OR kind GLOB ?3) "       \
	"ORDER BY seq "

static int fail(struct wv_ctx *ctx, struct wv__store *store)
{
	int r;

	switch (sqlite3_errcode(store->db) & 0xff) {
	case SQLITE_NOMEM:
		return wv__fail_memory(ctx);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return wv__fail(ctx, -EBUSY, "ledger %s is being written by another process",
				store->path);
	case SQLITE_FULL:
		return wv__fail(ctx, -ENOSPC, "no room for ledger %s", store->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return wv__fail(ctx, -EBADMSG, "ledger %s is damaged: %s", store->path,
				sqlite3_errmsg(store->db));
	case SQLITE_IOERR: /* its own words do not say which */
		r = sqlite3_system_errno(store->db) ? -sqlite3_system_errno(store->db) : -EIO;
		return wv__fail_sys(ctx, r, "cannot read or write ledger %s", store->path);
	default:
		return wv__fail(ctx, -EIO, "ledger %s: %s", store->path, sqlite3_errmsg(store->db));
	}
}

static int run(struct wv_ctx *ctx, struct wv__store *store, const char *sql)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(ctx, store);
	return 0;
}

static void finalizep(sqlite3_stmt **stmt)
{
	sqlite3_finalize(*stmt);
}

/* ---- opening ---------------------------------------------------------- */

/* Who can write the directory can put another ledger in place. */
static int check_dir(struct wv_ctx *ctx, const char *dir)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot look at %s", dir);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return wv__fail(ctx, -EPERM, "ledger directory %s belongs to another user", dir);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return wv__fail(ctx, -EPERM, "ledger directory %s can be written by others", dir);
	return 0;
}

/*
 * By lstat() and not on a descriptor: closing any descriptor of the file would
 * drop the POSIX locks of another SQLite connection of this process. Nobody
 * else can swap the file meanwhile: the directory was checked.
 */
static int check_file(struct wv_ctx *ctx, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return wv__fail_sys(ctx, -errno, "cannot open ledger %s", path);
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return wv__fail(ctx, -EPERM, "ledger %s is not a file of its own", path);
	if (st.st_uid != geteuid())
		return wv__fail(ctx, -EPERM, "ledger %s belongs to another user", path);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return wv__fail(ctx, -EPERM, "ledger %s is open to others: mode %04o, not 0600",
				path, st.st_mode & 07777);
	return 0;
}

static int create_file(struct wv_ctx *ctx, const char *dir, const char *path)
{
	cleanup_close int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return 0;
	if (fd < 0)
		return wv__fail_sys(ctx, -errno, "cannot create ledger %s", path);
	return wv__sync_dir(ctx, dir);
}

static int check_place(struct wv_ctx *ctx, const char *path, bool create, char **ret_path)
{
	cleanup_free char *for_dir = strdup(path), *for_name = strdup(path);
	cleanup_free char *dir = NULL, *real = NULL;
	int r;

	if (!for_dir || !for_name)
		return wv__fail_memory(ctx);
	r = wv__real_path(ctx, dirname(for_dir), &dir);
	if (r < 0)
		return r;
	real = wv__path_join(dir, basename(for_name));
	if (!real)
		return wv__fail_memory(ctx);
	r = check_dir(ctx, dir);
	if (r == 0 && create)
		r = create_file(ctx, dir, real);
	if (r == 0)
		r = check_file(ctx, real);
	if (r < 0)
		return r;

	*ret_path = take_ptr(real);
	return 0;
}

/* Triggers and views that someone added do not run: rows are read and written, nothing else. */
static int configure(struct wv_ctx *ctx, struct wv__store *store)
{
	static const int off[] = {
		SQLITE_DBCONFIG_ENABLE_TRIGGER,
		SQLITE_DBCONFIG_ENABLE_VIEW,
		SQLITE_DBCONFIG_TRUSTED_SCHEMA,
	};

	for (size_t i = 0; i < ARRAY_SIZE(off); i++)
		if (sqlite3_db_config(store->db, off[i], 0, NULL) != SQLITE_OK)
			return fail(ctx, store);
	if (sqlite3_busy_timeout(store->db, BUSY_MS) != SQLITE_OK)
		return fail(ctx, store);
	return run(ctx, store,
		   "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
		   "PRAGMA cell_size_check = ON");
}

/* Also that the file is SQLite's at all, which it looks at only when first asked. */
static int check_table(struct wv_ctx *ctx, struct wv__store *store)
{
	cleanup(finalizep) sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(store->db, SELECT_ROWS, -1, &stmt, NULL) == SQLITE_OK)
		return 0;
	if (sqlite3_errcode(store->db) == SQLITE_ERROR)
		return wv__fail(ctx, -EBADMSG, "%s is not a ledger", store->path);
	return fail(ctx, store);
}

static void close_store(struct wv__store *store)
{
	sqlite3_close(store->db);
	free(store->path);
	free(store);
}

static void close_storep(struct wv__store **store)
{
	if (*store)
		close_store(*store);
}

/* The file is one station's: its name tells nothing here. */
static int open_store(struct wv_ctx *ctx, const struct wv__store_host *host, const char *path,
		      const char *station, bool create, struct wv__store **ret)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
	cleanup(close_storep) struct wv__store *store = calloc(1, sizeof(*store));
	int r;

	(void)host;
	(void)station;
	if (!store)
		return wv__fail_memory(ctx);
	r = check_place(ctx, path, create, &store->path);
	if (r < 0)
		return r;
	r = sqlite3_open_v2(store->path, &store->db, flags, NULL);
	if (!store->db)
		return wv__fail_memory(ctx);
	if (r != SQLITE_OK)
		return fail(ctx, store);
	r = configure(ctx, store);
	if (r == 0 && create)
		r = run(ctx, store, create_table);
	if (r == 0)
		r = check_table(ctx, store);
	if (r < 0)
		return r;

	*ret = take_ptr(store);
	return 0;
}

/* ---- rows --------------------------------------------------------------- */

static int lock(struct wv_ctx *ctx, struct wv__store *store)
{
	return run(ctx, store, "BEGIN IMMEDIATE");
}

static int commit(struct wv_ctx *ctx, struct wv__store *store)
{
	return run(ctx, store, "COMMIT");
}

static void rollback(struct wv__store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

static int bind_text(sqlite3_stmt *stmt, int index, const char *text)
{
	return sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC); /* NULL: null */
}

static int insert(struct wv_ctx *ctx, struct wv__store *store, const struct wv__row *row)
{
	cleanup(finalizep) sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(store->db, insert_row, -1, &stmt, NULL) != SQLITE_OK ||
	    sqlite3_bind_int64(stmt, 1, row->seq) != SQLITE_OK ||
	    bind_text(stmt, 2, row->kind) != SQLITE_OK ||
	    bind_text(stmt, 3, row->takeout) != SQLITE_OK ||
	    bind_text(stmt, 4, row->hash) != SQLITE_OK ||
	    sqlite3_bind_blob64(stmt, 5, row->record, row->len, SQLITE_STATIC) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_DONE)
		return fail(ctx, store);
	return 0;
}

/*
 * SQL compares what a C string does not show: bytes behind a NUL, and another type. By such
 * a value a row would be hidden from a search and look right to the chain's check. No record
 * has the text "".
 */
static const char *text_at(sqlite3_stmt *stmt, int column)
{
	const int type = sqlite3_column_type(stmt, column); /* before the next line converts it */
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	if (text && (type != SQLITE_TEXT || strlen(text) != (size_t)sqlite3_column_bytes(stmt, column)))
		return "";
	return text;
}

/* Whatever a tampered table holds comes out as some row, for the chain's check to judge. */
static struct wv__row row_at(sqlite3_stmt *stmt)
{
	return (struct wv__row){
		.seq = sqlite3_column_int64(stmt, 0),
		.kind = text_at(stmt, 1) ?: "",
		.takeout = text_at(stmt, 2),
		.hash = text_at(stmt, 3) ?: "",
		.record = sqlite3_column_blob(stmt, 4) ?: "",
		.len = sqlite3_column_bytes(stmt, 4),
	};
}

static int each(struct wv_ctx *ctx, struct wv__store *store, const struct wv__query *query,
		wv__row_fn fn, void *data)
{
	const char *sql = query->backwards ? SELECT_ROWS "DESC" : SELECT_ROWS;
	const int64_t from =
		query->from ? (int64_t)MIN(query->from, (uint64_t)INT64_MAX) : INT64_MIN;
	cleanup(finalizep) sqlite3_stmt *stmt = NULL;
	int r, step;

	if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) != SQLITE_OK ||
	    sqlite3_bind_int64(stmt, 1, from) != SQLITE_OK ||
	    bind_text(stmt, 2, query->takeout) != SQLITE_OK ||
	    bind_text(stmt, 3, query->kind) != SQLITE_OK)
		return fail(ctx, store);
	while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
		const struct wv__row row = row_at(stmt);

		r = fn(data, &row);
		if (r != 0 || query->one)
			return r;
	}
	return step == SQLITE_DONE ? 0 : fail(ctx, store);
}

const struct wv__store_ops wv__store_sqlite = {
	.open = open_store,
	.close = close_store,
	.lock = lock,
	.insert = insert,
	.commit = commit,
	.rollback = rollback,
	.each = each,
};
