/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * instruction.h - further instructions of the client (S12): settings that a
 * responsible person signed, over the station's own policy, and only stricter
 *
 * The last record policy.instructed names the one in force. Another one takes
 * its place; one without a setting ends it. Below the state directory:
 * instructions/NNNNNNNNNNNN/settings.conf, settings.conf.sig, and the roster
 * that knew the signer.
 */
#ifndef WV_INSTRUCTION_H
#define WV_INSTRUCTION_H

#include "station.h"

/**
 * wv__instruction_load() - put the one in force over the policy, proven anew
 *
 * Return: 0 also when there is none; -EBADMSG when it is gone or is not what the
 * ledger names, -EKEYREJECTED when its signature does not hold.
 */
int wv__instruction_load(struct wv_station *st);

#endif
