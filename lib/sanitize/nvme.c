/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nvme.c - Sanitize and Format NVM of NVMe namespaces
 */
#include <string.h>

#include "bus.h"

/* Admin commands (NVMe 2.0, figure 138) */
#define GET_LOG_PAGE 0x02
#define IDENTIFY 0x06
#define FORMAT_NVM 0x80
#define SANITIZE 0x84

#define CNS_NAMESPACE 0x00 /* figure 273 */
#define CNS_CONTROLLER 0x01
#define CNS_ACTIVE 0x02
#define CNS_ALLOCATED 0x10
#define LOG_SANITIZE 0x81
#define LOG_DWORDS 128 /* 512 bytes */
#define NSID_ALL 0xffffffff

/* Sanitize, command dword 10 (figure 303) */
#define SANACT_BLOCK 2
#define SANACT_OVERWRITE 3
#define SANACT_CRYPTO 4
/* AUSE: a failed sanitize may be left again, so that the host can still overwrite the medium */
#define SANITIZE_AUSE (1 << 3)
#define OVERWRITE_ONCE (1 << 4)
#define NO_DEALLOCATE (1 << 9) /* NDAS: else the pattern need not be what is read back */

/* Format NVM, command dword 10 (figure 216): SES */
#define SES_USER_DATA (1 << 9)
#define SES_CRYPTO (2 << 9)

static int identify(struct wv__transport *t, uint32_t cns, uint32_t nsid,
		    uint8_t data[WV__NVME_PAGE])
{
	struct wv__nvme cmd = { .opcode = IDENTIFY,
				.nsid = nsid,
				.cdw10 = cns,
				.data = data,
				.len = WV__NVME_PAGE,
				.ms = WV__ASK_MS };
	int r;

	memset(data, 0, WV__NVME_PAGE);
	r = t->ops->nvme(t->data, &cmd);
	return r > 0 ? -EIO : r;
}

static int sanitize_log(struct wv__transport *t, uint8_t data[4 * LOG_DWORDS])
{
	struct wv__nvme cmd = { .opcode = GET_LOG_PAGE,
				.nsid = NSID_ALL,
				.cdw10 = LOG_SANITIZE | (LOG_DWORDS - 1) << 16,
				.data = data,
				.len = 4 * LOG_DWORDS,
				.ms = WV__ASK_MS };
	int r;

	memset(data, 0, cmd.len);
	r = t->ops->nvme(t->data, &cmd);
	return r > 0 ? -EIO : r;
}

/* ---- what is offered ---------------------------------------------------------------------- */

static void offer_rows(struct wv__transport *t, const struct wv__nvme_controller *c,
		       struct wv__offer *offer)
{
	uint8_t log[4 * LOG_DWORDS];
	uint32_t seconds[3] = { 0 };
	const bool told = sanitize_log(t, log) == 0;

	if (told) {
		wv__nvme_sanitize_parse(log, sizeof(log), &offer->state);
		wv__nvme_estimates_parse(log, sizeof(log), seconds);
	}
	if (c->sanitize_block)
		wv__offer_add(offer, WV__KIND_BLOCK, "NVMe Sanitize (block erase)",
			      (seconds[1] + 59) / 60);
	if (c->sanitize_overwrite)
		wv__offer_add(offer, WV__KIND_OVERWRITE, "NVMe Sanitize (overwrite)",
			      (seconds[0] + 59) / 60);
	if (c->sanitize_crypto)
		wv__offer_add(offer, WV__KIND_CRYPTO, "NVMe Sanitize (crypto erase)",
			      (seconds[2] + 59) / 60);
	for (unsigned int i = 0; !told && i < WV__KINDS; i++)
		wv__offer_refuse(offer, i, "its sanitize status cannot be read");
	if (c->format)
		wv__offer_add(offer, WV__KIND_FORMAT, "NVMe Format NVM (user data erase)", 0);
	if (c->format && c->format_crypto)
		wv__offer_add(offer, WV__KIND_FORMAT_CRYPTO,
			      "NVMe Format NVM (cryptographic erase)", 0);
	wv__offer_refuse_running(offer);
}

/*
 * Sanitize erases every namespace of the NVM subsystem, and some controllers
 * format them all at once: only one that was named may go. Where it cannot be
 * known which others there are, none is erased.
 */
static void refuse_others(struct wv__transport *t, const struct wv__nvme_controller *c,
			  struct wv__offer *offer)
{
	static const enum wv__kind of_all[] = { WV__KIND_BLOCK, WV__KIND_OVERWRITE,
						WV__KIND_CRYPTO };
	uint8_t data[WV__NVME_PAGE];
	bool has = false;
	size_t n = 0;

	if (identify(t, c->manages_namespaces ? CNS_ALLOCATED : CNS_ACTIVE, 0, data) == 0)
		n = wv__nvme_list_parse(data, sizeof(data), offer->nsid, &has);
	for (size_t i = 0; i < ARRAY_SIZE(of_all); i++) {
		if (n != 1 || !has)
			wv__offer_refuse(offer, of_all[i],
					 "it would erase all namespaces of the controller (%zu), "
					 "not this one alone",
					 n);
		if (c->multi_controller && !c->manages_namespaces)
			wv__offer_refuse(offer, of_all[i],
					 "other controllers share its memory, and their namespaces "
					 "cannot be listed");
	}
	if (!c->format_is_for_all || (n == 1 && has))
		return;
	wv__offer_refuse(offer, WV__KIND_FORMAT,
			 "it would format all namespaces of the controller (%zu)", n);
	wv__offer_refuse(offer, WV__KIND_FORMAT_CRYPTO,
			 "it would format all namespaces of the controller (%zu)", n);
}

int wv__nvme_offer(struct wv_ctx *ctx, struct wv__transport *t, struct wv__offer *offer)
{
	uint8_t data[WV__NVME_PAGE];
	struct wv__nvme_controller c;

	(void)ctx;
	offer->nsid = t->nsid;
	if (identify(t, CNS_CONTROLLER, 0, data) < 0 ||
	    !wv__nvme_controller_parse(data, sizeof(data), &c))
		return 0;
	if (identify(t, CNS_NAMESPACE, t->nsid, data) < 0 ||
	    !wv__nvme_namespace_parse(data, sizeof(data), &offer->ns))
		return 0;
	offer_rows(t, &c, offer);
	refuse_others(t, &c, offer);
	for (unsigned int i = 0; offer->ns.blocks * offer->ns.block != t->size && i < WV__KINDS;
	     i++)
		wv__offer_refuse(offer, i, WV__OTHER_SIZE);
	return 0;
}

/* ---- erase ----------------------------------------------------------------------------------- */

static int send(struct wv_ctx *ctx, struct wv__transport *t, struct wv__nvme *cmd, const char *name)
{
	const int r = t->ops->nvme(t->data, cmd);

	if (r > 0)
		return wv__fail(ctx, -EIO, "%s did not take %s: NVMe status %xh", t->path, name,
				(unsigned int)r);
	if (r == -ETIMEDOUT)
		return wv__fail(ctx, r,
				"%s did not answer %s, or was lost; what was begun may go on in "
				"the device",
				t->path, name);
	return r < 0 ? wv__fail_sys(ctx, r, "cannot send %s to %s", name, t->path) : 0;
}

/* The format that it has stays: LBAF, metadata and protection as they are. */
static uint32_t format_dword(const struct wv__nvme_namespace *ns, enum wv__kind kind)
{
	return (ns->format & 0x0fu) | (uint32_t)ns->metadata_in_line << 4 |
	       (uint32_t)ns->protection << 5 | (uint32_t)ns->protection_first << 8 |
	       (uint32_t)(ns->format & 0x30u) << 8 |
	       (kind == WV__KIND_FORMAT_CRYPTO ? SES_CRYPTO : SES_USER_DATA);
}

int wv__nvme_erase(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__offer *offer,
		   struct wv__order *order)
{
	static const uint32_t actions[] = {
		[WV__KIND_BLOCK] = SANACT_BLOCK | SANITIZE_AUSE,
		[WV__KIND_OVERWRITE] = SANACT_OVERWRITE | SANITIZE_AUSE | OVERWRITE_ONCE | NO_DEALLOCATE,
		[WV__KIND_CRYPTO] = SANACT_CRYPTO | SANITIZE_AUSE,
	};
	struct wv__nvme cmd = { .opcode = SANITIZE, .ms = 2 * WV__ASK_MS };

	if (order->kind == WV__KIND_FORMAT || order->kind == WV__KIND_FORMAT_CRYPTO) {
		cmd = (struct wv__nvme){ .opcode = FORMAT_NVM,
					 .nsid = offer->nsid,
					 .cdw10 = format_dword(&offer->ns, order->kind),
					 .ms = order->limit_ms };
		return send(ctx, t, &cmd, "Format NVM");
	}
	cmd.cdw10 = order->command = actions[order->kind];
	if (order->kind == WV__KIND_OVERWRITE)
		cmd.cdw11 = order->byte * UINT32_C(0x01010101);
	return send(ctx, t, &cmd, "Sanitize");
}

/* Of a format: it returned without an error, and the namespace is still the one that it was. */
static int poll_format(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__offer *offer,
		       struct wv__erase_state *ret)
{
	struct wv__nvme_namespace ns = { 0 };
	uint8_t data[WV__NVME_PAGE];
	const int r = identify(t, CNS_NAMESPACE, offer->nsid, data);

	if (r < 0)
		return wv__fail_sys(ctx, r, "%s does not tell its status", t->path);
	*ret = (struct wv__erase_state){ .what = WV__ERASE_GARBAGE };
	if (wv__nvme_namespace_parse(data, sizeof(data), &ns) && ns.blocks == offer->ns.blocks &&
	    ns.block == offer->ns.block)
		ret->what = WV__ERASE_DONE;
	return 0;
}

int wv__nvme_poll(struct wv_ctx *ctx, struct wv__transport *t, const struct wv__offer *offer,
		  const struct wv__order *order, struct wv__erase_state *ret)
{
	uint8_t log[4 * LOG_DWORDS];
	int r;

	if (order->kind == WV__KIND_FORMAT || order->kind == WV__KIND_FORMAT_CRYPTO)
		return poll_format(ctx, t, offer, ret);
	r = sanitize_log(t, log);
	if (r < 0)
		return wv__fail_sys(ctx, r, "%s does not tell its status", t->path);
	wv__nvme_sanitize_parse(log, sizeof(log), ret);
	/* SCDW10: the log of another sanitize, before this one, proves nothing */
	if (ret->what == WV__ERASE_DONE && ret->command != order->command)
		ret->what = WV__ERASE_GARBAGE;
	return 0;
}
