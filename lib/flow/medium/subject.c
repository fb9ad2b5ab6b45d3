/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * subject.c - from a TARGET to its medium, its volume and its take-out
 */
#include <stdio.h>
#include <string.h>

#include "subject.h"
#include "../../media/sig.h"
#include "../../volume/mapper.h"

void wv__subject_clear(struct wv__subject *s)
{
	wv__takeout_free(s->t);
	wv__device_free(s->dev);
	*s = (struct wv__subject){ 0 };
}

bool wv__identity_is_own(const struct wv_device *dev)
{
	return dev->serial && (dev->kind == WV__DISK || dev->kind == WV__PARTITION) &&
	       (strcmp(dev->serial_origin, "device") == 0 ||
		strcmp(dev->serial_origin, "bridge") == 0);
}

bool wv__identity_tells_disk(const struct wv_device *dev)
{
	return dev->kind == WV__DISK && dev->serial && strcmp(dev->serial_origin, "device") == 0;
}

int wv__identity(struct wv_ctx *ctx, const struct wv_device *dev, struct wv_doc **ret)
{
	return wv__doc_build(ctx, ret, M_STR("kind", wv__device_kind_name(dev)),
			     M_STR("serial", dev->serial), M_STR("serial_origin", dev->serial_origin),
			     M_U64("size", dev->size), M_STR("model", dev->model),
			     M_PATH("path", dev->real_path));
}

/* Had the recorded medium a serial that tells it from others? */
static bool records_own(struct wv_doc *identity)
{
	const char *kind = wv_doc_str(identity, "kind");
	const char *origin = wv_doc_str(identity, "serial_origin");

	return kind && origin && (strcmp(kind, "disk") == 0 || strcmp(kind, "partition") == 0) &&
	       (strcmp(origin, "device") == 0 || strcmp(origin, "bridge") == 0);
}

int wv__identity_same(struct wv_ctx *ctx, struct wv_doc *identity, const struct wv_device *dev)
{
	const char *kind = wv_doc_str(identity, "kind");
	const char *serial = wv_doc_str(identity, "serial");
	const uint64_t size = wv_doc_u64(identity, "size");

	if (size != dev->size)
		return wv__fail(ctx, -EPERM, "%s has %" PRIu64 " bytes, the recorded medium %" PRIu64,
				dev->path, dev->size, size);
	if (kind && !strcmp(kind, "file") != (dev->kind == WV__FILE))
		return wv__fail(ctx, -EPERM, "%s is a %s, the recorded medium a %s", dev->path,
				wv__device_kind_name(dev), kind);
	if (!wv__identity_is_own(dev) && dev->kind != WV__FILE && !records_own(identity))
		return 0;
	if (!serial || !dev->serial || strcmp(serial, dev->serial) != 0)
		return wv__fail(ctx, -EPERM, "%s has the serial %s, the recorded medium %s", dev->path,
				dev->serial ? dev->serial : "(none)", serial ? serial : "(none)");
	return 0;
}

static struct wv_doc *recorded_identity(const struct wv__takeout *t)
{
	struct wv_doc *body = t->body[WV__STEP_PREPARED];

	if (!body)
		body = t->body[WV__STEP_PROVISIONING];
	if (!body)
		body = t->body[WV__STEP_CARRIED];
	return body ? wv_doc_get(body, "target") : NULL;
}

struct candidate {
	const struct wv_device *dev;
	char id[37];
	bool same_path;
};

/* Of those with that identity: the one recorded under this path, else the newest. */
static int match_identity(void *data, struct wv__takeout *t)
{
	struct candidate *c = data;
	struct wv_doc *identity = recorded_identity(t);
	const char *path = identity ? wv_doc_str(identity, "path") : NULL;
	const bool same_path = path && strcmp(path, c->dev->real_path) == 0;

	if (!identity || t->state < WV__DESTROYING_KEYS || t->state == WV__LOST ||
	    t->state == WV__CLOSED || wv__identity_same(NULL, identity, c->dev) < 0)
		return 0;
	if (c->same_path && !same_path)
		return 0;
	c->same_path = same_path;
	memcpy(c->id, t->id, sizeof(c->id));
	return 0;
}

static int find_by_identity(struct wv_station *st, struct wv__subject *s)
{
	struct candidate c = { .dev = s->dev };
	int r;

	r = wv__takeout_each_unfinished(st, match_identity, &c);
	if (r < 0 || !*c.id)
		return r;
	return wv__takeout_load(st, c.id, &s->t);
}

/* An UUID names the medium that was recorded for it. */
static int path_of_volume(struct wv_station *st, const char *uuid, char **ret)
{
	cleanup_takeout struct wv__takeout *t = NULL;
	struct wv_doc *identity;
	const char *path;
	int r;

	r = wv__takeout_by_volume(st, uuid, &t);
	if (r < 0)
		return r;
	identity = recorded_identity(t);
	path = identity ? wv_doc_str(identity, "path") : NULL;
	if (!path)
		return wv__fail(st->ctx, -ENOENT, "the ledger has no path for volume %s", uuid);
	*ret = strdup(path);
	return *ret ? 0 : wv__fail_memory(st->ctx);
}

static bool looks_like_uuid(const char *text)
{
	return strlen(text) == 36 && strspn(text, "0123456789abcdef-") == 36;
}

int wv__subject_find(struct wv_station *st, const char *target, struct wv__subject *ret)
{
	cleanup_subject struct wv__subject s = { 0 };
	cleanup_free char *recorded = NULL;
	struct wv__volume_sig sig;
	int r;

	if (looks_like_uuid(target) && access(target, F_OK) < 0) {
		r = path_of_volume(st, target, &recorded);
		if (r < 0)
			return r;
	}
	r = wv__device_open(st->ctx, recorded ? recorded : target, WV__DEV_RDONLY, &s.dev);
	if (r < 0)
		return r;
	r = wv__volume_sig_read(wv__device_fd(s.dev), 0, s.dev->size, &sig);
	if (r < 0)
		return wv__fail_sys(st->ctx, r, "cannot read %s", s.dev->path);
	if (r > 0 && wv__volume_sig_is_work(&sig)) {
		memcpy(s.volume, sig.uuid, sizeof(s.volume));
		r = wv__takeout_by_volume(st, s.volume, &s.t);
		if (r == -ENOENT)
			r = 0;
	} else {
		r = find_by_identity(st, &s);
	}
	if (r < 0)
		return r;
	if (recorded && s.t && strcmp(wv__takeout_volume(s.t), target) != 0)
		return wv__fail(st->ctx, -EPERM, "%s is where volume %s was, and is now the medium of volume %s",
				s.dev->path, target, wv__takeout_volume(s.t));
	*ret = s;
	s = (struct wv__subject){ 0 };
	return 0;
}

struct carrier {
	const struct wv_device *dev;
	const char *but; /* a take-out that is not asked about; or NULL */
	char volume[37];
	int r; /* of wv__identity_same() */
};

/* A file is told by its name, a device by a serial of its own. */
static int match_carrier(void *data, struct wv__takeout *t)
{
	struct carrier *c = data;
	struct wv_doc *identity = recorded_identity(t);
	const char *path = identity ? wv_doc_str(identity, "path") : NULL;
	const char *serial = identity ? wv_doc_str(identity, "serial") : NULL;
	const bool out = t->state >= WV__PREPARED && t->state < WV__DESTROYING_KEYS;
	bool same;
	int r;

	if (c->dev->kind == WV__FILE)
		same = path && strcmp(path, c->dev->real_path) == 0;
	else
		same = wv__identity_is_own(c->dev) && serial && strcmp(serial, c->dev->serial) == 0;
	if (!same || (!out && t->state != WV__LOST) || (c->but && strcmp(t->id, c->but) == 0))
		return 0;
	r = wv__identity_same(t->st->ctx, identity, c->dev);
	if (r < 0 && *c->volume && c->r == 0)
		return 0; /* one that is the same in all was found already */
	c->r = r;
	snprintf(c->volume, sizeof(c->volume), "%s", wv__takeout_volume(t));
	return 0;
}

int wv__subject_bare(struct wv_station *st, struct wv__subject *s, const char *but)
{
	struct carrier c = { .dev = s->dev, .but = but };
	int r = wv__takeout_each_unfinished(st, match_carrier, &c);

	if (r < 0 || c.r < 0 || !*c.volume)
		return r < 0 ? r : 0;
	r = wv__takeout_by_volume(st, c.volume, &s->t);
	if (r < 0)
		return r;
	memcpy(s->volume, c.volume, sizeof(s->volume));
	return 1;
}

/* There is no header on it: is that as it should be? */
static int fail_no_volume(struct wv_station *st, const struct wv_device *dev)
{
	struct carrier c = { .dev = dev };
	int r;

	r = wv__takeout_each_unfinished(st, match_carrier, &c);
	if (r < 0)
		return r;
	if (c.r < 0)
		return c.r;
	if (*c.volume)
		return wv__fail(st->ctx, -EBADMSG, "%s is the medium of volume %s, and its header is gone or damaged",
				dev->path, c.volume);
	return wv__fail(st->ctx, -ENOENT, "%s carries no work volume: see workvol list", dev->path);
}

struct pulled {
	const char *target;
	char id[37];
};

/* The one that is mapped: a path may have been that of many media. */
static int match_pulled(void *data, struct wv__takeout *t)
{
	struct pulled *p = data;
	struct wv_doc *identity = recorded_identity(t);
	const char *path = identity ? wv_doc_str(identity, "path") : NULL;
	const char *uuid = wv__takeout_volume(t);
	int r;

	if (!uuid || (strcmp(uuid, p->target) != 0 && (!path || strcmp(path, p->target) != 0)))
		return 0;
	r = wv__map_find(t->st->ctx, NULL, uuid, NULL);
	if (r > 0)
		memcpy(p->id, t->id, sizeof(p->id));
	return r < 0 ? r : 0;
}

int wv__subject_pulled(struct wv_station *st, const char *target, struct wv__subject *ret)
{
	struct pulled p = { .target = target };
	int r;

	if (access(target, F_OK) == 0)
		return -ENOENT;
	r = wv__takeout_each(st, match_pulled, &p);
	if (r < 0)
		return r;
	return *p.id ? wv__takeout_load(st, p.id, &ret->t) : -ENOENT;
}

bool wv__subject_is_revived(const struct wv__subject *s)
{
	return s->t && *s->volume && wv__state_is_harmless(s->t->state);
}

int wv__subject_same_medium(const struct wv__subject *s)
{
	struct wv_doc *identity = recorded_identity(s->t);

	return identity ? wv__identity_same(s->t->st->ctx, identity, s->dev) : 0;
}

int wv__subject_need(struct wv_station *st, const char *target, struct wv__subject *ret)
{
	cleanup_subject struct wv__subject s = { 0 };
	int r;

	r = wv__subject_find(st, target, &s);
	if (r < 0)
		return r;
	if (!s.t && *s.volume)
		return wv__fail(st->ctx, -EPERM, "%s carries the work volume %s, which this station's ledger does not know",
				s.dev->path, s.volume);
	if (!s.t)
		return fail_no_volume(st, s.dev);
	r = wv__subject_same_medium(&s);
	if (r < 0)
		return r;
	*ret = s;
	s = (struct wv__subject){ 0 };
	return 0;
}

int wv__subject_takeout(struct wv_station *st, const char *target, struct wv__takeout **ret)
{
	cleanup_subject struct wv__subject s = { 0 };
	int r;

	/* by UUID first, without a medium: it may be what was lost */
	r = wv__takeout_by_volume(st, target, ret);
	if (r != -ENOENT)
		return r;
	r = wv__takeout_load(st, target, ret);
	if (r != -ENOENT)
		return r;
	r = wv__subject_need(st, target, &s);
	if (r < 0)
		return r;
	*ret = take_ptr(s.t);
	return 0;
}
