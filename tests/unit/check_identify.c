/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_identify.c - what devices say of themselves is taken apart, or refused
 */
#include "sim_world.h"

static struct sim s;

START_TEST(an_ata_identity_is_read_word_by_word)
{
	struct wv__ata_identity id;
	uint8_t data[512];

	s = (struct sim){ .hpa = true, .dco = true, .amac = true, .locked = true, .enabled = true };
	sim_identity(&s, data);
	ck_assert(wv__ata_identity_parse(data, sizeof(data), &id));
	ck_assert(id.sanitize && id.sanitize_block && id.sanitize_overwrite && id.sanitize_crypto);
	ck_assert(id.security && id.enabled && id.locked && !id.frozen && id.enhanced);
	ck_assert(id.hpa && id.dco && id.amac && id.lba48);
	ck_assert_uint_eq(id.sectors, SIM_SIZE / 512);
	ck_assert_uint_eq(id.sector_size, 512);
	ck_assert_uint_eq(id.erase_minutes, 60); /* 30, in units of two, extended */
	ck_assert_uint_eq(id.enhanced_minutes, 8);
}
END_TEST

START_TEST(an_identity_with_a_wrong_checksum_or_of_another_device_is_refused)
{
	struct wv__ata_identity id;
	uint8_t data[512];

	s = (struct sim){ 0 };
	sim_identity(&s, data);
	data[119] ^= 1;
	ck_assert(!wv__ata_identity_parse(data, sizeof(data), &id));
	sim_identity(&s, data);
	data[1] = 0x85; /* ATAPI */
	sim_checksum(data);
	ck_assert(!wv__ata_identity_parse(data, sizeof(data), &id));
	ck_assert(!wv__ata_identity_parse(data, 511, &id));
	memset(data, 0, sizeof(data));
	ck_assert(!wv__ata_identity_parse(data, sizeof(data), &id));
}
END_TEST

START_TEST(the_state_of_an_ata_sanitize_is_in_the_count)
{
	static const struct {
		uint16_t count;
		uint8_t status;
		uint64_t lba;
		enum wv__erase_what what;
	} rows[] = {
		{ 0x0000, 0x50, 0xffff, WV__ERASE_IDLE },
		{ 0x8000, 0x50, 0xffff, WV__ERASE_DONE },
		{ 0x4000, 0x50, 0x1234, WV__ERASE_RUNNING },
		{ 0x2000, 0x50, 0xffff, WV__ERASE_FROZEN },
		{ 0xc000, 0x50, 0, WV__ERASE_GARBAGE },
		{ 0x8000, 0x51, 1, WV__ERASE_FAILED },
		{ 0x8000, 0x51, 3, WV__ERASE_FROZEN },
	};
	struct wv__erase_state state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct wv__ata_regs regs = { .valid = true,
						   .count = rows[i].count,
						   .status = rows[i].status,
						   .lba = rows[i].lba };

		wv__ata_sanitize_parse(&regs, &state);
		ck_assert_int_eq(state.what, rows[i].what);
	}
	wv__ata_sanitize_parse(&(struct wv__ata_regs){ 0 }, &state);
	ck_assert_int_eq(state.what, WV__ERASE_GARBAGE);
	wv__ata_sanitize_parse(&(struct wv__ata_regs){ .valid = true, .fixed = true, .cut = true },
			       &state);
	ck_assert_int_eq(state.what, WV__ERASE_GARBAGE);
}
END_TEST

START_TEST(an_overlay_is_read_only_with_its_checksum)
{
	uint8_t data[512] = { 0 };
	uint64_t sectors = 7;

	data[6] = 0xff;
	data[7] = 0x01;
	ck_assert(!wv__ata_dco_parse(data, sizeof(data), &sectors));
	sim_checksum(data);
	ck_assert(wv__ata_dco_parse(data, sizeof(data), &sectors));
	ck_assert_uint_eq(sectors, 0x200);
	data[13] = 0x80;
	sim_checksum(data);
	ck_assert(!wv__ata_dco_parse(data, sizeof(data), &sectors));
}
END_TEST

/* Bits 2 and 29 of SANICAP (NVM Express 1.4, Identify Controller, byte 328). */
START_TEST(an_overwrite_that_deallocates_is_none)
{
	uint8_t data[4096] = { [328] = 1 << 2 };
	struct wv__nvme_controller c;

	ck_assert(wv__nvme_controller_parse(data, sizeof(data), &c) && c.sanitize_overwrite);
	data[331] = 1 << (29 - 24);
	ck_assert(wv__nvme_controller_parse(data, sizeof(data), &c) && !c.sanitize_overwrite);
}
END_TEST

START_TEST(an_nvme_namespace_that_makes_no_sense_is_refused)
{
	struct wv__nvme_namespace ns;
	uint8_t data[WV__NVME_PAGE] = { 0 };

	ck_assert(!wv__nvme_namespace_parse(data, sizeof(data), &ns)); /* no blocks */
	data[0] = 8;
	ck_assert(!wv__nvme_namespace_parse(data, sizeof(data), &ns)); /* blocks of one byte */
	data[130] = 12;
	ck_assert(wv__nvme_namespace_parse(data, sizeof(data), &ns));
	ck_assert_uint_eq(ns.blocks, 8);
	ck_assert_uint_eq(ns.block, 4096);
	data[25] = 63;
	data[26] = 0x7f; /* format 63 */
	data[128 + 4 * 63 + 2] = 9;
	ck_assert(wv__nvme_namespace_parse(data, sizeof(data), &ns));
	ck_assert_uint_eq(ns.format, 63);
	ck_assert_uint_eq(ns.block, 512);
	data[7] = 0xff; /* more bytes than there are numbers */
	ck_assert(!wv__nvme_namespace_parse(data, sizeof(data), &ns));
	ck_assert(!wv__nvme_namespace_parse(data, 4095, &ns));
}
END_TEST

START_TEST(estimates_that_are_not_reported_are_none)
{
	uint8_t log[20] = { 0 };
	uint32_t seconds[3];

	memset(log + 12, 0xff, 4);
	log[8] = 5;
	wv__nvme_estimates_parse(log, sizeof(log), seconds);
	ck_assert_uint_eq(seconds[0], 5);
	ck_assert_uint_eq(seconds[1], 0);
	wv__nvme_estimates_parse(log, 19, seconds);
	ck_assert_uint_eq(seconds[0], 0);
}
END_TEST

START_TEST(a_capacity_that_overflows_is_refused)
{
	uint8_t data[32] = { 0 };
	uint64_t bytes;

	ck_assert(!wv__scsi_capacity_parse(data, sizeof(data), &bytes));
	data[10] = 2;
	ck_assert(wv__scsi_capacity_parse(data, sizeof(data), &bytes));
	ck_assert_uint_eq(bytes, 512);
	memset(data, 0xff, 8);
	ck_assert(!wv__scsi_capacity_parse(data, sizeof(data), &bytes));
	data[0] = 0x7f;
	ck_assert(!wv__scsi_capacity_parse(data, sizeof(data), &bytes));
}
END_TEST

START_TEST(a_page_list_is_read_no_further_than_it_says)
{
	const uint8_t data[] = { 0, 0, 0, 2, 0x00, 0x80, 0x89 };

	ck_assert(wv__scsi_vpd_has(data, sizeof(data), 0x80));
	ck_assert(!wv__scsi_vpd_has(data, sizeof(data), 0x89));
	ck_assert(!wv__scsi_vpd_has(data, 3, 0x80));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("identify");
	TCase *tc = tcase_create("identify");

	tcase_add_test(tc, an_ata_identity_is_read_word_by_word);
	tcase_add_test(tc, an_identity_with_a_wrong_checksum_or_of_another_device_is_refused);
	tcase_add_test(tc, the_state_of_an_ata_sanitize_is_in_the_count);
	tcase_add_test(tc, an_overlay_is_read_only_with_its_checksum);
	tcase_add_test(tc, an_overwrite_that_deallocates_is_none);
	tcase_add_test(tc, an_nvme_namespace_that_makes_no_sense_is_refused);
	tcase_add_test(tc, estimates_that_are_not_reported_are_none);
	tcase_add_test(tc, a_capacity_that_overflows_is_refused);
	tcase_add_test(tc, a_page_list_is_read_no_further_than_it_says);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
