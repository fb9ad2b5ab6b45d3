/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aes_wide.c - AES-256-CTR by the instructions that cipher four blocks each
 * (VAES over AVX-512's 512 bits)
 */
#include <string.h>

#include "aes_wide.h"

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>

#define WIDE __attribute__((target("aes,vaes,avx512f,avx512bw")))
#define AT_ONCE 8                 /* registers on their way: one round waits for the last one's result */
#define STEP (AT_ONCE * sizeof(__m512i))
#define EACH(i) _Pragma("GCC unroll 8") for (int i = 0; i < AT_ONCE; i++)

bool wv__aes_is_wide(void)
{
	unsigned int eax, ebx, ecx, edx;

	/* clang 14 does not know the name "vaes". */
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("aes") && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) &&
	       ecx & bit_VAES;
}

/* One step of the key expansion (FIPS 197, 5.2): the four words of before, each added to the next, and to word. */
WIDE static __m128i expand(__m128i before, __m128i word)
{
	before = _mm_xor_si128(before, _mm_slli_si128(before, 4));
	before = _mm_xor_si128(before, _mm_slli_si128(before, 8));
	return _mm_xor_si128(before, word);
}

WIDE void wv__aes_wide_key(const unsigned char key[32], struct wv__aes_wide *ret)
{
	__m128i k[WV__AES_ROUNDS + 1];

	k[0] = _mm_loadu_si128((const __m128i *)key);
	k[1] = _mm_loadu_si128((const __m128i *)(key + WV__AES_BLOCK));
/* The instruction wants its round constant in its code; words 3 (rotated) and 2 of its answer. */
#define EVEN(i, rcon) \
	k[i] = expand(k[i - 2], _mm_shuffle_epi32(_mm_aeskeygenassist_si128(k[i - 1], rcon), 0xff))
#define ODD(i) \
	k[i] = expand(k[i - 2], _mm_shuffle_epi32(_mm_aeskeygenassist_si128(k[i - 1], 0), 0xaa))
	EVEN(2, 0x01), ODD(3), EVEN(4, 0x02), ODD(5), EVEN(6, 0x04), ODD(7), EVEN(8, 0x08), ODD(9);
	EVEN(10, 0x10), ODD(11), EVEN(12, 0x20), ODD(13), EVEN(14, 0x40);
	memcpy(ret->round_keys, k, sizeof(k));
	explicit_bzero(k, sizeof(k));
}

WIDE size_t wv__aes_wide_ctr(const struct wv__aes_wide *aes, uint64_t block, void *ret, size_t len)
{
	const __m512i big_endian = _mm512_broadcast_i32x4(
		_mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
	const __m512i four = _mm512_set_epi64(0, 4, 0, 4, 0, 4, 0, 4);
	__m512i counter = _mm512_add_epi64(_mm512_set_epi64(0, 3, 0, 2, 0, 1, 0, 0),
					   _mm512_set_epi64(0, (long long)block, 0, (long long)block, 0,
							    (long long)block, 0, (long long)block));
	__m512i keys[WV__AES_ROUNDS + 1], b[AT_ONCE];
	size_t at;

	for (int r = 0; r <= WV__AES_ROUNDS; r++)
		keys[r] = _mm512_broadcast_i32x4(
			_mm_loadu_si128((const __m128i *)aes->round_keys[r]));
	for (at = 0; at + STEP <= len; at += STEP) {
		EACH(i) {
			b[i] = _mm512_xor_si512(_mm512_shuffle_epi8(counter, big_endian), keys[0]);
			counter = _mm512_add_epi64(counter, four);
		}
		for (int r = 1; r < WV__AES_ROUNDS; r++)
			EACH(i) b[i] = _mm512_aesenc_epi128(b[i], keys[r]);
		EACH(i) _mm512_storeu_si512((unsigned char *)ret + at + (size_t)i * sizeof(b[i]),
					    _mm512_aesenclast_epi128(b[i], keys[WV__AES_ROUNDS]));
	}
	return at;
}
#else
bool wv__aes_is_wide(void)
{
	return false;
}

void wv__aes_wide_key(const unsigned char key[32], struct wv__aes_wide *ret)
{
	(void)key, (void)ret;
}

size_t wv__aes_wide_ctr(const struct wv__aes_wide *aes, uint64_t block, void *ret, size_t len)
{
	(void)aes, (void)block, (void)ret, (void)len;
	return 0;
}
#endif
