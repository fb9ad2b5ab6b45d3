/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nvme_target.c - an NVMe controller in userspace, for the lab: the kernel's
 * nvme-tcp reaches it at a port of 127.0.0.1 (NVMe over TCP transport 1.0)
 *
 *	nvme_target SERIAL FILE [WORD...]
 *
 * FILE is the medium of its one namespace. Words:
 *	lies, half, fails, aborts    see enum lie
 *	stale                        takes a Sanitize, and goes on to tell of an older one
 *	hangs=N                      a sanitize does not move for N questions, a format for N
 *seconds
 *
 * "nqn=NAME,trsvcid=PORT" and "ready" on stdout: it can be connected to. It ends at SIGTERM.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "target_call.h"
#include "target_nvme.h"

#define TICK_MS 100
#define PDU_HEADER 8
#define CONNECTIONS 8u

enum pdu {
	IC_REQ = 0,
	IC_RESP = 1,
	COMMAND = 4,
	RESPONSE = 5,
	DATA_FROM_HOST = 6,
	DATA_TO_HOST = 7,
	READY_TO_TRANSFER = 9,
};

/* A write whose data were asked for. */
struct transfer {
	bool used;
	uint16_t cid;
	unsigned char *into;
	size_t len, done;
};

/* One queue: the admin queue, or a pair for I/O. */
struct conn {
	int fd; /* -1: none */
	uint16_t qid;
	struct transfer transfers[QUEUE_DEPTH];
};

static struct nvme nvme;
static struct conn conns[CONNECTIONS];

/* A format that hangs. */
static struct {
	struct conn *conn;
	uint8_t sqe[64];
	time_t due;
} held;

/* ---- bytes ------------------------------------------------------------------------------- */

static bool get_bytes(const struct conn *c, void *buf, size_t len)
{
	return !len || recv(c->fd, buf, len, MSG_WAITALL) == (ssize_t)len;
}

/* A host that is gone is noticed when it is read from. */
static void put_bytes(const struct conn *c, const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	for (; len; at += n, len -= (size_t)n) {
		n = send(c->fd, at, len, MSG_NOSIGNAL);
		if (n <= 0)
			return;
	}
}

static void put_pdu(const struct conn *c, enum pdu type, uint8_t flags, uint8_t *header,
		    size_t header_len, const void *data, size_t len)
{
	header[0] = (uint8_t)type;
	header[1] = flags;
	header[2] = (uint8_t)header_len;
	header[3] = len ? (uint8_t)header_len : 0;
	put_le(header + 4, 4, header_len + len);
	put_bytes(c, header, header_len);
	put_bytes(c, data, len);
}

static void respond(const struct conn *c, uint16_t cid, uint64_t result, uint16_t status)
{
	uint8_t header[24] = { 0 };

	put_le(header + 8, 8, result);
	put_le(header + 18, 2, c->qid);
	put_le(header + 20, 2, cid);
	put_le(header + 22, 2, (uint64_t)status << 1);
	put_pdu(c, RESPONSE, 0, header, sizeof(header), NULL, 0);
}

static void send_data(const struct conn *c, uint16_t cid, const void *data, size_t len)
{
	uint8_t header[24] = { 0 };

	put_le(header + 8, 2, cid);
	put_le(header + 16, 4, len);
	put_pdu(c, DATA_TO_HOST, 1 << 2 /* the last */, header, sizeof(header), data, len);
}

/* ---- queues ------------------------------------------------------------------------------ */

/* Ask for the data of a write; there is a place, since no queue is deeper. */
static void ask_for_data(struct conn *c, uint16_t cid, const struct command *cmd)
{
	uint8_t header[24] = { 0 };
	unsigned int tag = 0;

	while (tag < QUEUE_DEPTH && c->transfers[tag].used)
		tag++;
	if (tag == QUEUE_DEPTH) {
		respond(c, cid, 0, INTERNAL_ERROR);
		return;
	}
	c->transfers[tag] = (struct transfer){
		.used = true, .cid = cid, .into = cmd->into, .len = cmd->into_len
	};
	put_le(header + 8, 2, cid);
	put_le(header + 10, 2, tag);
	put_le(header + 16, 4, cmd->into_len);
	put_pdu(c, READY_TO_TRANSFER, 0, header, sizeof(header), NULL, 0);
}

static void hold(struct conn *c, const struct command *cmd)
{
	if (!cmd->seconds)
		return;
	held.conn = c;
	memcpy(held.sqe, cmd->sqe, sizeof(held.sqe));
	held.due = time(NULL) + cmd->seconds;
}

static void run_command(struct conn *c, struct command *cmd)
{
	const uint16_t cid = (uint16_t)get_le(cmd->sqe + 2, 2);
	uint16_t status;

	if (cmd->sqe[0] == 0x7f)
		status = nvme_fabrics(&nvme, cmd, &c->qid);
	else
		status = c->qid ? nvme_io(&nvme, cmd) : nvme_admin(&nvme, cmd);
	if (status == NVME_OK && cmd->held) {
		hold(c, cmd);
		return;
	}
	if (status == NVME_OK && cmd->into) {
		ask_for_data(c, cid, cmd);
		return;
	}
	if (status == NVME_OK && cmd->reply_len)
		send_data(c, cid, cmd->reply, cmd->reply_len);
	respond(c, cid, cmd->result, status);
}

static void run_held(void)
{
	struct command cmd = { .sqe = held.sqe };

	if (!held.conn || time(NULL) < held.due)
		return;
	run_command(held.conn, &cmd);
	held.conn = NULL;
}

/* ---- PDUs: each returns false where the connection is to be closed --------------------------- */

static bool greet(struct conn *c)
{
	uint8_t rest[128 - PDU_HEADER], header[128] = { 0 };

	if (!get_bytes(c, rest, sizeof(rest)))
		return false;
	put_le(header + 12, 4, TRANSFER_MAX); /* in one PDU; no digests, no alignment */
	put_pdu(c, IC_RESP, 0, header, sizeof(header), NULL, 0);
	return true;
}

static bool take_command(struct conn *c, size_t len, size_t data_at)
{
	static uint8_t data[IN_CAPSULE];
	uint8_t sqe[64], padding[256];
	struct command cmd = { .sqe = sqe, .data = data };
	const size_t header = PDU_HEADER + sizeof(sqe);

	if (len < header || !get_bytes(c, sqe, sizeof(sqe)))
		return false;
	if (len > header) {
		if (data_at < header || data_at > len || len - data_at > sizeof(data) ||
		    !get_bytes(c, padding, data_at - header))
			return false;
		cmd.data_len = len - data_at;
	}
	if (!get_bytes(c, data, cmd.data_len))
		return false;
	run_command(c, &cmd);
	return true;
}

static bool take_data(struct conn *c, size_t len, size_t data_at)
{
	uint8_t header[24 - PDU_HEADER], padding[256];
	struct transfer *t;
	size_t tag, offset, n;

	if (!get_bytes(c, header, sizeof(header)) || data_at < 24 || data_at > len ||
	    !get_bytes(c, padding, data_at - 24))
		return false;
	tag = get_le(header + 2, 2);
	offset = get_le(header + 4, 4);
	n = get_le(header + 8, 4);
	t = &c->transfers[tag % QUEUE_DEPTH];
	if (tag >= QUEUE_DEPTH || !t->used || n != len - data_at || offset != t->done ||
	    n > t->len - t->done || !get_bytes(c, t->into + offset, n))
		return false;
	t->done += n;
	if (t->done == t->len) {
		t->used = false;
		respond(c, t->cid, 0, NVME_OK);
	}
	return true;
}

static bool take_pdu(struct conn *c)
{
	uint8_t header[PDU_HEADER];
	size_t len;

	if (!get_bytes(c, header, sizeof(header)))
		return false;
	len = get_le(header + 4, 4);
	switch (header[0]) {
	case IC_REQ:
		return greet(c);
	case COMMAND:
		return take_command(c, len, header[3]);
	case DATA_FROM_HOST:
		return take_data(c, len, header[3]);
	default:
		return false;
	}
}

/* ---- connections -------------------------------------------------------------------------- */

static void drop(struct conn *c)
{
	close(c->fd);
	if (held.conn == c)
		held.conn = NULL;
	*c = (struct conn){ .fd = -1 };
}

static void take_host(int server)
{
	const int fd = accept4(server, NULL, NULL, SOCK_CLOEXEC), one = 1;

	for (unsigned int i = 0; fd >= 0 && i < CONNECTIONS; i++) {
		if (conns[i].fd >= 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		conns[i].fd = fd;
		return;
	}
	close(fd);
}

static void turn(int server)
{
	struct pollfd pfds[CONNECTIONS + 1];

	for (unsigned int i = 0; i < CONNECTIONS; i++)
		pfds[i] = (struct pollfd){ .fd = conns[i].fd, .events = POLLIN };
	pfds[CONNECTIONS] = (struct pollfd){ .fd = server, .events = POLLIN };
	if (poll(pfds, ARRAY_SIZE(pfds), TICK_MS) > 0) {
		for (unsigned int i = 0; i < CONNECTIONS; i++)
			if (pfds[i].revents && !take_pdu(&conns[i]))
				drop(&conns[i]);
		if (pfds[CONNECTIONS].revents)
			take_host(server);
	}
	run_held();
}

static int listen_here(void)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	char name[256];

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, CONNECTIONS) < 0 || getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		die("cannot listen");
	subsystem_name(&nvme, name, sizeof(name));
	printf("nqn=%s,trsvcid=%u\n", name, ntohs(at.sin_port));
	return fd;
}

/* A log of another Sanitize: block erase, without AUSE. */
static bool take_stale(struct disk *d, const char *word)
{
	if (strcmp(word, "stale") != 0)
		return false;
	nvme.stale = true;
	nvme.sanitize_command = 2;
	d->erasing = DONE;
	return true;
}

int main(int argc, char **argv)
{
	int server;

	if (argc < 3) {
		fprintf(stderr, "usage: nvme_target SERIAL FILE [WORD...]\n");
		return 2;
	}
	end_at_signals();
	nvme.disk.serial = argv[1];
	open_medium(&nvme.disk, argv[2]);
	take_words(&nvme.disk, argv + 3, take_stale);
	for (unsigned int i = 0; i < CONNECTIONS; i++)
		conns[i].fd = -1;
	server = listen_here();
	say_ready();
	while (!ends)
		turn(server);
	return 0;
}
