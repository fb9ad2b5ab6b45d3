/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aes_wide.c - AES-256-CTR by the instructions that cipher four blocks each
 * (VAES over AVX-512's 512 bits) or two (over AVX2's 256)
 */
#include <string.h>

#include "aes_wide.h"

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>

unsigned int wv__aes_wide_blocks(void)
{
	unsigned int eax, ebx, ecx, edx;

	/* clang 14 does not know the name "vaes". */
	if (!__builtin_cpu_supports("aes") || !__builtin_cpu_supports("avx2") ||
	    !__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || !(ecx & bit_VAES))
		return 0;
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") ? 4 : 2;
}

/* One step of the key expansion (FIPS 197, 5.2): the four words of before, each added to the next, and to word. */
__attribute__((target("aes"))) static __m128i expand(__m128i before, __m128i word)
{
	before = _mm_xor_si128(before, _mm_slli_si128(before, 4));
	before = _mm_xor_si128(before, _mm_slli_si128(before, 8));
	return _mm_xor_si128(before, word);
}

__attribute__((target("aes"))) void wv__aes_wide_key(const unsigned char key[32], unsigned int blocks,
						      struct wv__aes_wide *ret)
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
	ret->blocks = blocks;
	memcpy(ret->round_keys, k, sizeof(k));
	explicit_bzero(k, sizeof(k));
}

#define EACH(i) _Pragma("GCC unroll 8") for (int i = 0; i < AT_ONCE; i++)
#define AT_ONCE 8 /* registers on their way: one round waits for the last one's result */

#define CTR ctr4
#define TARGET "aes,vaes,avx512f,avx512bw"
#define VECTOR __m512i
#define OP(name) _mm512_##name
#define BROADCAST _mm512_broadcast_i32x4
#include "aes_wide_ctr.h"

#define CTR ctr2
#define TARGET "aes,vaes,avx2"
#define VECTOR __m256i
#define OP(name) _mm256_##name
#define BROADCAST _mm256_broadcastsi128_si256
#include "aes_wide_ctr.h"

size_t wv__aes_wide_ctr(const struct wv__aes_wide *aes, uint64_t block, void *ret, size_t len)
{
	return aes->blocks == 4 ? ctr4(aes, block, ret, len) : ctr2(aes, block, ret, len);
}
#else
unsigned int wv__aes_wide_blocks(void)
{
	return 0;
}

void wv__aes_wide_key(const unsigned char key[32], unsigned int blocks, struct wv__aes_wide *ret)
{
	(void)key, (void)blocks, (void)ret;
}

size_t wv__aes_wide_ctr(const struct wv__aes_wide *aes, uint64_t block, void *ret, size_t len)
{
	(void)aes, (void)block, (void)ret, (void)len;
	return 0;
}
#endif
