/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aes_wide_ctr.h - the body of wv__aes_wide_ctr(), included by aes_wide.c once for
 * each width of a register: function CTR for processors with TARGET, whose VECTORs
 * OP() and BROADCAST are of
 */
__attribute__((target(TARGET))) static size_t CTR(const struct wv__aes_wide *aes, uint64_t block,
						  void *ret, size_t len)
{
	enum { LANES = sizeof(VECTOR) / WV__AES_BLOCK, STEP = AT_ONCE * sizeof(VECTOR) };
	const VECTOR big_endian =
		BROADCAST(_mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
	const VECTOR next = BROADCAST(_mm_set_epi64x(0, LANES));
	VECTOR counter = BROADCAST(_mm_set_epi64x(0, (long long)block));
	VECTOR keys[WV__AES_ROUNDS + 1], b[AT_ONCE];
	size_t at;

	for (int lane = 0; lane < LANES; lane++)
		counter[2 * lane] += lane;
	for (int r = 0; r <= WV__AES_ROUNDS; r++)
		keys[r] = BROADCAST(_mm_loadu_si128((const __m128i *)aes->round_keys[r]));
	for (at = 0; at + STEP <= len; at += STEP) {
		EACH(i) {
			b[i] = OP(shuffle_epi8)(counter, big_endian) ^ keys[0];
			counter = OP(add_epi64)(counter, next);
		}
		for (int r = 1; r < WV__AES_ROUNDS; r++)
			EACH(i) b[i] = OP(aesenc_epi128)(b[i], keys[r]);
		EACH(i) {
			b[i] = OP(aesenclast_epi128)(b[i], keys[WV__AES_ROUNDS]);
			memcpy((unsigned char *)ret + at + (size_t)i * sizeof(b[i]), &b[i], sizeof(b[i]));
		}
	}
	return at;
}

#undef CTR
#undef TARGET
#undef VECTOR
#undef OP
#undef BROADCAST
