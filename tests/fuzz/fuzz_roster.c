/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_roster.c - rosters, public keys and signatures from outside
 *
 * The first byte chooses the parser: 'k' a public key, 's' a signature,
 * anything else is already the roster's.
 */
#include <assert.h>
#include <string.h>

#include "../../lib/trust/keys.h"
#include "../../lib/trust/roster.h"
#include "../../lib/trust/sshsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read is the same when it is read again. */
static void try_key(const char *text)
{
	cleanup_free char *key = NULL, *again = NULL, *fingerprint = NULL;

	if (wv__key_parse(NULL, text, "key", &key) < 0)
		return;
	assert(wv__key_parse(NULL, key, "key", &again) == 0 && !strcmp(key, again));
	assert(wv__key_fingerprint(NULL, text, &fingerprint) == 0);
}

static void try_signature(const char *text, size_t len)
{
	cleanup_free char *key = NULL, *namespace = NULL;

	if (wv__sshsig_parse(NULL, text, len, &key, &namespace) == 0)
		try_key(key);
}

/* Every line that was taken can be written by us, and is then taken again. */
static void try_roster(const char *text, size_t len)
{
	cleanup_roster struct wv__roster *roster = NULL;

	if (wv__roster_parse(NULL, text, len, "roster", &roster) < 0)
		return;
	for (size_t i = 0; i < roster->count; i++) {
		const struct wv__signer *signer = &roster->signers[i];
		const char *const namespaces[] = { signer->namespaces, NULL };
		cleanup_buf struct wv_buf line = WV_BUF_INIT;

		assert(wv__roster_line(NULL, signer->principal, signer->key, namespaces,
				       signer->valid_after, signer->valid_before, &line) == 0);
		assert(wv__roster_has_key(roster, signer->fingerprint));
		assert(wv__signer_may(signer, NULL));
	}
	assert(wv__roster_people(roster, NULL, 1) <= roster->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = strndup((const char *)data, size);

	if (!text)
		return 0;
	if (size && data[0] == 'k')
		try_key(text + 1);
	else if (size && data[0] == 's')
		try_signature((const char *)data + 1, size - 1);
	else
		try_roster((const char *)data, size);
	return 0;
}
