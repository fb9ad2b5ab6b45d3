/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * identify.h - what devices say of themselves, taken apart: pure functions
 * over bytes that may be short or garbage
 */
#ifndef WV_IDENTIFY_H
#define WV_IDENTIFY_H

#include "sense.h"

#define WV__ATA_SECTOR 512
#define WV__NVME_PAGE 4096

/* How far an erasure in the device is. */
enum wv__erase_what {
	WV__ERASE_IDLE, /* none was ever begun, or its end was forgotten */
	WV__ERASE_RUNNING,
	WV__ERASE_DONE,
	WV__ERASE_FAILED,
	WV__ERASE_FROZEN,  /* none will be begun before power was off */
	WV__ERASE_GARBAGE, /* the answer makes no sense */
};

struct wv__erase_state {
	enum wv__erase_what what;
	bool has_progress;
	uint16_t progress; /* of 65536 */
	uint32_t command;  /* NVMe: command dword 10 of the sanitize that this is about */
};

/* IDENTIFY DEVICE (ACS-4, 9.11); words are little endian. */
struct wv__ata_identity {
	uint64_t sectors;
	uint32_t sector_size;
	bool lba48;
	bool sanitize, sanitize_crypto, sanitize_block, sanitize_overwrite; /* word 59 */
	bool security, enabled, locked, frozen, expired, enhanced;	    /* word 128 */
	uint32_t erase_minutes, enhanced_minutes; /* words 89, 90; 0: not said */
	bool hpa, dco, amac;			  /* words 82, 83, 119 */
};

/* false: no ATA device's, or its checksum is wrong (word 255). */
bool wv__ata_identity_parse(const uint8_t *data, size_t len, struct wv__ata_identity *ret);
/* DEVICE CONFIGURATION IDENTIFY (ACS-2, 7.10.4): sectors of the factory. false: none, or a wrong
 * checksum. */
bool wv__ata_dco_parse(const uint8_t *data, size_t len, uint64_t *ret_sectors);
/* The registers after SANITIZE STATUS EXT (ACS-4, 7.36.8). */
void wv__ata_sanitize_parse(const struct wv__ata_regs *regs, struct wv__erase_state *ret);

/* Identify Controller (NVMe 2.0, figure 275) */
struct wv__nvme_controller {
	bool sanitize_crypto, sanitize_block, sanitize_overwrite; /* SANICAP */
	bool format;						  /* OACS bit 1 */
	bool manages_namespaces;				  /* OACS bit 3 */
	bool multi_controller;					  /* CMIC bit 1 */
	bool format_crypto;					  /* FNA bit 2 */
	bool format_is_for_all; /* FNA bits 0, 1: not of one namespace alone */
};

bool wv__nvme_controller_parse(const uint8_t *data, size_t len, struct wv__nvme_controller *ret);

/* Identify Namespace (NVMe NVM command set 1.0, figure 97) */
struct wv__nvme_namespace {
	uint64_t blocks;
	uint32_t block; /* bytes */
	uint8_t format; /* index of the LBA format in use */
	bool metadata_in_line;
	uint8_t protection, protection_first; /* DPS */
	bool shared;			      /* NMIC bit 0 */
};

bool wv__nvme_namespace_parse(const uint8_t *data, size_t len, struct wv__nvme_namespace *ret);
/* A namespace list: how many there are, and whether one is nsid. */
size_t wv__nvme_list_parse(const uint8_t *data, size_t len, uint32_t nsid, bool *ret_has);
/* Sanitize Status log page 81h (NVMe 2.0, figure 292). Estimates in seconds, 0: not said. */
void wv__nvme_sanitize_parse(const uint8_t *data, size_t len, struct wv__erase_state *ret);
void wv__nvme_estimates_parse(const uint8_t *data, size_t len,
			      uint32_t ret_seconds[3] /* overwrite, block, crypto */);

/* Standard INQUIRY data (SPC-5, 6.7.2) */
struct wv__scsi_inquiry {
	bool disk;	 /* peripheral device type 0, connected */
	bool ata;	 /* vendor "ATA": a SATL answers */
	uint8_t version; /* 5: SPC-3, 6: SPC-4, 7: SPC-5 */
};

bool wv__scsi_inquiry_parse(const uint8_t *data, size_t len, struct wv__scsi_inquiry *ret);
/* Supported VPD Pages (SPC-5, 7.7.16): is that page there? */
bool wv__scsi_vpd_has(const uint8_t *data, size_t len, uint8_t page);
/* REPORT SUPPORTED OPERATION CODES of one command (SPC-5, 6.43.3): is it supported? */
bool wv__scsi_supported_parse(const uint8_t *data, size_t len);
/* READ CAPACITY (16) (SBC-4, 5.21): bytes; false: garbage */
bool wv__scsi_capacity_parse(const uint8_t *data, size_t len, uint64_t *ret_bytes);

#endif
