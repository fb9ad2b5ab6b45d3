/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_identify.c - what devices answer: whatever the bytes, nothing is read
 * beyond them, and what is taken from them keeps its own rules
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/sanitize/identify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void take_ata(const uint8_t *data, size_t size)
{
	struct wv__ata_identity id;
	uint64_t sectors = 0;

	if (wv__ata_identity_parse(data, size, &id)) {
		must(id.sectors && id.sector_size >= WV__ATA_SECTOR &&
		     id.sector_size % WV__ATA_SECTOR == 0);
		must(id.sanitize ||
		     !(id.sanitize_crypto || id.sanitize_block || id.sanitize_overwrite));
		must(id.security || !id.enhanced);
	}
	if (wv__ata_dco_parse(data, size, &sectors))
		must(sectors && sectors <= UINT64_C(1) << 48);
}

static void take_sense(const uint8_t *data, size_t size)
{
	struct wv__erase_state state;
	struct wv__sense sense;

	if (!wv__sense_parse(data, size, &sense))
		return;
	must(sense.key < 16);
	must(sense.ata.valid || !sense.ata.lba);
	must(sense.ata.lba >> 48 == 0);
	wv__ata_sanitize_parse(&sense.ata, &state);
	must(state.what <= WV__ERASE_GARBAGE);
	must(!sense.ata.cut || state.what != WV__ERASE_DONE);
}

static void take_nvme(const uint8_t *data, size_t size)
{
	struct wv__nvme_controller controller;
	struct wv__nvme_namespace ns;
	struct wv__erase_state state;
	uint32_t seconds[3];
	uint64_t product;
	bool has;

	wv__nvme_controller_parse(data, size, &controller);
	if (wv__nvme_namespace_parse(data, size, &ns))
		must(ns.format < 64 &&
		     !__builtin_mul_overflow(ns.blocks, (uint64_t)ns.block, &product));
	must(wv__nvme_list_parse(data, size, 1, &has) <= size / 4);
	wv__nvme_sanitize_parse(data, size, &state);
	must(state.what <= WV__ERASE_GARBAGE);
	wv__nvme_estimates_parse(data, size, seconds);
}

static void take_scsi(const uint8_t *data, size_t size)
{
	struct wv__scsi_inquiry inquiry;
	uint64_t bytes = 1;

	wv__scsi_inquiry_parse(data, size, &inquiry);
	wv__scsi_vpd_has(data, size, 0x89);
	wv__scsi_supported_parse(data, size);
	wv__scsi_capacity_parse(data, size, &bytes);
	must(bytes);
}

/* The first byte chooses the reader. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const uint8_t *, size_t) = { take_ata, take_sense, take_nvme,
								    take_scsi };

	if (size)
		readers[data[0] % ARRAY_SIZE(readers)](data + 1, size - 1);
	return 0;
}
