/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * run.h - one medium on its way: what its keeper and its lanes share
 *
 * A keeper is the thread of one medium: it goes through the sweeps. In a
 * sweep its lanes take chunks from one cursor, so that a medium is written in
 * ascending order however many there are; everything else a lane has is its
 * own. Media share nothing but the processor.
 */
#ifndef WV_RUN_H
#define WV_RUN_H

#include <pthread.h>

#include "bad.h"
#include "io.h"
#include "plan.h"

#define WV__LANES_MAX 4

struct wv__lane;

#define WV__CELLS 256

struct wv__cell {
	float bytes, seconds;
};

struct wv__count {
	_Atomic uint64_t written, verified, mismatched; /* bytes */
	double write_seconds, verify_seconds;
	struct wv__cell cells[WV__CELLS]; /* equal parts of the region, as they were written */
};

#define WV__CANDIDATES 4

/* What was tried of how many lanes, how many requests each, how large. */
struct wv__tune {
	unsigned int now, best; /* of the candidates */
	unsigned int trials;    /* of them that are over */
	double best_rate;
	uint64_t since, idle, done; /* when this trial began, and with how much idled and done */
};

/* What was seen last of a medium at work. */
struct wv__watch {
	uint64_t ns, done; /* the surface: how far, and when */
	uint64_t heat_ns;  /* when the sensor was asked; 0: never */
};

struct wv__run {
	struct wv_ctx *ctx; /* for its sentence alone: lanes are threads */
	struct wv__medium medium;
	const struct wv__wipe_opts *opts;
	struct wv__plan plan;
	uint64_t start, end;  /* the region; end moves down when the medium turns out smaller */
	uint64_t length;      /* of the region as it was asked for */
	uint64_t limit_ns;    /* one request may take this long */
	unsigned char seed[32], sample_seed[32];
	struct wv__pattern stamp; /* see stamp.h */
	uint64_t stamp_spacing;
	unsigned int n_lanes, depth;
	pthread_t keeper;
	bool started;
	char *checkpoint; /* its path; NULL: none is kept */

	pthread_mutex_t lock; /* for what follows and is not atomic, while there are lanes */
	pthread_cond_t changed;
	unsigned int at;                 /* the sweep's index */
	const struct wv__sweep *sweep;   /* NULL: between sweeps */
	struct wv__sheet sheets[2];      /* what is written; what is compared */
	struct wv__sample sample;
	uint64_t total;                  /* bytes of this sweep's space */
	uint64_t cursor;                 /* the next chunk begins here */
	uint64_t hold;                   /* none begins from here on until a checkpoint is kept */
	_Atomic uint64_t done;           /* bytes of this sweep that are through */
	uint64_t low;                    /* all before it was through when last looked at */
	size_t chunk;
	unsigned int lanes_active, depth_active;
	struct wv__tune tunes[2][2];     /* by sweep: it writes; its pattern is random */
	struct wv__lane *lanes;
	unsigned int lanes_running;
	struct wv__watch watch;
	_Atomic int temperature, heat_limit; /* thousandths of a degree Celsius; 0: not known */
	_Atomic bool paused;             /* too warm: no lane begins anything more for now */
	bool stamped;                    /* this sweep finds stamps before it */
	bool tail_checked;               /* the last block's stamp was there */
	bool resumed;                    /* this sweep was begun by an earlier process */
	_Atomic bool stop, cancelled;    /* no lane begins anything more */
	_Atomic bool abandoned;          /* requests are still out: nothing may be freed */
	_Atomic int dead;                /* why the medium was given up: -ESTALE: it is another one now; 0: it was not */
	_Atomic uint64_t lost_stamp;     /* where one was not found; UINT64_MAX: nowhere */
	_Atomic uint64_t good[2];        /* by enum wv__op: a place that worked in this sweep; UINT64_MAX: none */
	struct wv__bad bad;
	struct wv__count counts[WV__PASSES_MAX];
	uint64_t real;                   /* bytes that the medium truly has; UINT64_MAX: nothing speaks against what it claims */
	double cpu_seconds;
	uint64_t began_at, ended_at;     /* by the clock; 0: its keeper never ran */
	double expected_seconds;         /* of a dry run */
	bool complete;                   /* every sweep ran to its end */
	bool ended;                      /* its keeper has nothing more to do */
	int error;                       /* of the machine: no memory, no checkpoint, refused */
	char sentence[256];              /* about error or dead */
};

/* The region's block-aligned bytes. */
static inline uint64_t wv__run_length(const struct wv__run *run)
{
	return run->end - run->start;
}

/* run.c. All that is not known of a medium before it is begun; the medium is taken over. */
int wv__run_new(struct wv_ctx *ctx, struct wv__medium *medium, const struct wv__wipe_opts *opts,
		size_t n_media, struct wv__run **ret);
void wv__run_free(struct wv__run *run);
/* The fixed patterns of a sweep, for its lanes; a request that never came back keeps them. */
int wv__run_sheets(struct wv__run *run, const struct wv__sweep *sweep);
void wv__run_sheets_close(struct wv__run *run);
/* The medium is given up. The first reason stays. */
void wv__run_give_up(struct wv__run *run, int error);
/* A range is lost; returns how many bytes of it were not known to be. */
uint64_t wv__run_lose(struct wv__run *run, uint64_t offset, uint64_t length, enum wv__bad_op op,
		      int error);
/* Keep why, once; returns error. */
int wv__run_fail(struct wv__run *run, int error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* All sweep space before this is through. The lock is held. */
uint64_t wv__run_low(const struct wv__run *run);

/* Bytes that a sweep reads and writes; that the first n sweeps do. */
uint64_t wv__run_sweep_work(const struct wv__run *run, const struct wv__sweep *sweep);
uint64_t wv__run_work(const struct wv__run *run, unsigned int n);

/* keeper.c: the thread of one medium. */
void *wv__run_main(void *run);

/* tune.c: measured while the medium is being wiped. With the lock held. */
struct wv__moment {
	uint64_t ns, idle; /* the time; what all cores together have idled until then */
};
void wv__tune_begin(struct wv__run *run, struct wv__tune *tune, struct wv__moment now); /* of a sweep */
void wv__tune(struct wv__run *run, struct wv__tune *tune, struct wv__moment now); /* at each tick */

/*
 * watch.c: a medium at work, looked at once a tick. The surface: how fast each
 * part of it is written. The heat: above the maker's limit the lanes pause.
 */
void wv__watch_begin(struct wv__run *run, uint64_t now_ns); /* of a sweep; the lock is held */
void wv__watch_surface(struct wv__run *run, uint64_t now_ns); /* the lock is held */
void wv__watch_heat(struct wv__run *run, uint64_t now_ns); /* asks the medium: without the lock */

/*
 * checkpoint.c: how far a wipe is, in a file, so that it can go on after a
 * kill, a reboot or an unplug. It names medium, region, method and seed (from
 * which all keys derive), and a mark: in this sweep all before it is on the
 * medium. It is written only after the medium's flush. A digest finds damage;
 * whether it belongs to what lies on the medium is proven by reading that back.
 */
int wv__checkpoint_place(struct wv__run *run); /* its path, into run->checkpoint */
int wv__checkpoint_keep(struct wv__run *run, unsigned int at, uint64_t low);
/* 0: the run stands where it says, or at the start when there is none; -EBADMSG: altered, or of another wipe. */
int wv__checkpoint_load(struct wv__run *run);
/* After the plan was expanded: read the last ranges back. -EBADMSG: this is not the medium; -EPERM: proven_only, and they tell none from another. */
int wv__checkpoint_prove(struct wv__run *run);
void wv__checkpoint_remove(struct wv__run *run);

/*
 * result.c: the verdict, decided in one place from what was measured alone:
 * "wiped" only if every claimed byte was written and read back as the last pass's.
 */
const char *wv__verdict(const struct wv__run *run);
/* The errno that goes with it: 0, -EBADMSG, -EIO, -ECANCELED, or why it was refused. */
int wv__verdict_error(const struct wv__run *run);
int wv__result_doc(struct wv_ctx *ctx, const struct wv__run *run, struct wv_doc **ret);
/* Of a read-back alone. */
int wv__result_verify_doc(struct wv_ctx *ctx, const struct wv__run *run, struct wv_doc **ret);

/*
 * engine.c: wv__wipe_run() and wv__wipe_verify() once the devices are open; the
 * tests come in here with media of memory. The media are taken over, a job's
 * dev is not looked at.
 */
int wv__wipe_media(struct wv_ctx *ctx, struct wv__medium *media, struct wv__wipe_job *jobs,
		   size_t n, const struct wv__wipe_opts *opts);
int wv__verify_medium(struct wv_ctx *ctx, struct wv__medium *medium,
		      const struct wv__pattern *pattern, uint64_t offset, uint64_t length,
		      const struct wv__wipe_opts *opts, struct wv_doc **ret_result);

#endif
