/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scsi_target.c - a SCSI or ATA disk in userspace, for the lab: the kernel's
 * target_core_user hands every command to this program, tcm_loop shows it as a
 * disk of this machine
 *
 *	scsi_target SERIAL FILE scsi|ata [WORD...]
 *
 * FILE is the medium. Words:
 *	lies, half, fails, aborts    see enum lie
 *	hangs=N                      nothing moves for N questions, or seconds
 *	frozen, sanitize-frozen      as firmware leaves it
 *	enabled, locked              by the password "secret"
 *	hpa=SECTORS, dco=SECTORS     of the medium are hidden at its end
 *
 * "ready" on stdout: the disk is there. It ends at SIGTERM, and takes it away.
 */
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <sys/wait.h>

/* target_core_user.h includes linux/uio.h, which has struct iovec a second time */
#define __LINUX_UIO_H
#include <linux/target_core_user.h>

#include "target_call.h"
#include "target_scsi.h"

#define CONFIGFS "/sys/kernel/config/target"
#define TICK_MS 100

struct target {
	struct disk disk;
	size_t size;
	char hba[128], core[192], wwn[128]; /* directories below CONFIGFS */
	int uio;
	char *map;
};

/* ---- configfs --------------------------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static const char *path_of(const char *fmt, ...)
{
	static char paths[4][512];
	static unsigned int next;
	char *path = paths[next++ % 4];
	va_list args;

	va_start(args, fmt);
	vsnprintf(path, sizeof(paths[0]), fmt, args);
	va_end(args);
	return path;
}

static void put(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("%s <- %s", path, text);
	close(fd);
}

static void make(const char *dir)
{
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		die("cannot make %s", dir);
}

/* The backstore: from here on there is a ring. */
static void make_core(struct target *t)
{
	const unsigned int id = (unsigned int)getpid();

	snprintf(t->hba, sizeof(t->hba), CONFIGFS "/core/user_%u", id);
	snprintf(t->core, sizeof(t->core), "%s/%s", t->hba, t->disk.serial);
	snprintf(t->wwn, sizeof(t->wwn), CONFIGFS "/loopback/naa.6001405%09x", id);
	make(t->hba);
	make(t->core);
	/* no daemon answers on netlink (-1), and nothing times out but what the initiator gives up
	 */
	put(path_of("%s/control", t->core),
	    path_of("dev_config=lab,dev_size=%zu,hw_block_size=512,nl_reply_supported=-1",
		    t->size));
	put(path_of("%s/attrib/cmd_time_out", t->core), "0");
	put(path_of("%s/enable", t->core), "1");
}

/* The disk: the kernel asks it questions before this returns. */
static void attach(const struct target *t)
{
	make(CONFIGFS "/loopback");
	make(t->wwn);
	make(path_of("%s/tpgt_1", t->wwn));
	put(path_of("%s/tpgt_1/nexus", t->wwn),
	    path_of("naa.6001405f%08x", (unsigned int)getpid()));
	make(path_of("%s/tpgt_1/lun/lun_0", t->wwn));
	if (symlink(t->core, path_of("%s/tpgt_1/lun/lun_0/disk", t->wwn)) < 0)
		die("cannot attach %s", t->disk.serial);
}

/* What is not there is no error: it may not have come so far. */
static void detach(const struct target *t)
{
	const int nexus = open(path_of("%s/tpgt_1/nexus", t->wwn), O_WRONLY | O_CLOEXEC);

	unlink(path_of("%s/tpgt_1/lun/lun_0/disk", t->wwn));
	rmdir(path_of("%s/tpgt_1/lun/lun_0", t->wwn));
	if (nexus >= 0 && write(nexus, "NULL", 4) < 0)
		perror("scsi_target: nexus");
	close(nexus);
	rmdir(path_of("%s/tpgt_1", t->wwn));
	rmdir(t->wwn);
	rmdir(t->core);
	if (rmdir(t->hba) < 0)
		perror("scsi_target: something is left");
}

/* ---- the ring -------------------------------------------------------------------------- */

static unsigned long long number_in(const char *path)
{
	char text[256] = "";
	FILE *f = fopen(path, "re");

	if (!f || !fgets(text, sizeof(text), f))
		die("cannot read %s", path);
	fclose(f);
	return strtoull(text, NULL, 0);
}

static bool is_ours(const struct target *t, const char *name_file)
{
	char text[256] = "";
	FILE *f = fopen(name_file, "re");
	const bool read = f && fgets(text, sizeof(text), f);

	if (f)
		fclose(f);
	return read && strstr(text, path_of("/%s/", t->disk.serial));
}

static void open_ring(struct target *t)
{
	const char *name = NULL;
	unsigned int n;
	glob_t g;

	if (glob("/sys/class/uio/uio*/name", 0, NULL, &g))
		die("no UIO device");
	for (size_t i = 0; i < g.gl_pathc; i++)
		if (is_ours(t, g.gl_pathv[i]) &&
		    sscanf(g.gl_pathv[i], "/sys/class/uio/uio%u/", &n) == 1)
			name = path_of("/dev/uio%u", n);
	globfree(&g);
	if (!name)
		die("no UIO device of %s", t->disk.serial);
	t->uio = open(name, O_RDWR | O_CLOEXEC);
	if (t->uio < 0)
		die("cannot open %s", name);
	t->map = mmap(NULL, number_in(path_of("/sys/class/uio/uio%u/maps/map0/size", n)),
		      PROT_READ | PROT_WRITE, MAP_SHARED, t->uio, 0);
	if (t->map == MAP_FAILED)
		die("cannot map %s", name);
}

/* The answer lies over the request: it is written last. */
static void serve(struct target *t, struct tcmu_cmd_entry *e)
{
	struct iovec iov[256];
	struct request rq = { .cdb = (const uint8_t *)t->map + e->req.cdb_off,
			      .iov = iov,
			      .iov_count = e->req.iov_cnt,
			      .base = t->map };
	int status;

	if (tcmu_hdr_get_op(e->hdr.len_op) == TCMU_OP_PAD)
		return;
	if (tcmu_hdr_get_op(e->hdr.len_op) != TCMU_OP_CMD) {
		e->hdr.uflags |= TCMU_UFLAG_UNKNOWN_OP;
		return;
	}
	if (rq.iov_count > ARRAY_SIZE(iov))
		die("a command of %zu pieces", rq.iov_count);
	memcpy(iov, e->req.iov, rq.iov_count * sizeof(*iov));
	status = disk_serve(&t->disk, &rq);
	memset(&e->rsp, 0, sizeof(e->rsp));
	e->rsp.scsi_status = (uint8_t)status;
	memcpy(e->rsp.sense_buffer, rq.sense, sizeof(rq.sense));
}

/* Wait for commands, and answer all that are there. */
static void turn(struct target *t)
{
	struct tcmu_mailbox *box = (struct tcmu_mailbox *)t->map;
	struct pollfd pfd = { .fd = t->uio, .events = POLLIN };
	int32_t x = 0;

	if (poll(&pfd, 1, TICK_MS) <= 0 || read(t->uio, &x, sizeof(x)) < 0)
		return;
	while (box->cmd_tail != __atomic_load_n(&box->cmd_head, __ATOMIC_ACQUIRE)) {
		struct tcmu_cmd_entry *e = (void *)(t->map + box->cmdr_off + box->cmd_tail);
		const uint32_t len = tcmu_hdr_get_len(e->hdr.len_op);

		serve(t, e);
		__atomic_store_n(&box->cmd_tail, (box->cmd_tail + len) % box->cmdr_size,
				 __ATOMIC_RELEASE);
	}
	if (write(t->uio, &x, sizeof(x)) < 0)
		die("cannot answer");
}

/* The kernel asks the disk while it is attached and detached: that is a child's work. */
static void serve_while(struct target *t, void (*work)(const struct target *t))
{
	const pid_t child = fork();
	int status;

	if (child < 0)
		die("cannot fork");
	if (!child) {
		work(t);
		_exit(0);
	}
	while (!waitpid(child, &status, WNOHANG))
		turn(t);
	if (status)
		ends = 1;
}

/* ---- how it is called ----------------------------------------------------------------- */

static bool take_hidden(struct disk *d, const char *word)
{
	unsigned long long n;

	if (sscanf(word, "hpa=%llu", &n) == 1 && n < d->max) {
		d->max -= n;
	} else if (sscanf(word, "dco=%llu", &n) == 1 && n < d->max) {
		d->native -= n;
		d->max -= n;
	} else {
		return false;
	}
	return true;
}

static bool take_word(struct disk *d, const char *word)
{
	bool *const flags[] = { &d->frozen, &d->sanitize_frozen, &d->enabled, &d->locked };
	static const char *const names[] = { "frozen", "sanitize-frozen", "enabled", "locked" };

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(word, names[i])) {
			*flags[i] = true;
			d->enabled |= d->locked;
			return true;
		}
	return take_hidden(d, word);
}

int main(int argc, char **argv)
{
	static struct target t;

	if (argc < 4) {
		fprintf(stderr, "usage: scsi_target SERIAL FILE scsi|ata [WORD...]\n");
		return 2;
	}
	end_at_signals();
	t.disk.serial = argv[1];
	t.disk.ata = !strcmp(argv[3], "ata");
	t.disk.attention = true;
	strcpy(t.disk.password, "secret");
	t.size = open_medium(&t.disk, argv[2]);
	take_words(&t.disk, argv + 4, take_word);
	make_core(&t);
	open_ring(&t);
	serve_while(&t, attach);
	if (!ends)
		say_ready();
	while (!ends)
		turn(&t);
	serve_while(&t, detach);
	return 0;
}
