/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wipe_paper.h - the certificate of a wipe that belongs to no take-out
 */
#ifndef WV_WIPE_PAPER_H
#define WV_WIPE_PAPER_H

#include "../station/station.h"
#include "../../evidence/certificate.h"
#include "../../wipe/wipe.h"

/**
 * wv__wipe_paper() - certify what a job did
 * @said: of the medium, checked
 * @path: where the person who wiped wants it; path.sig and path.txt beside it
 *
 * The station keeps a copy for the inspector, and a record, wipe.certified,
 * names it; what is at @path is not looked at again.
 */
int wv__wipe_paper(struct wv_station *st, const struct wv_device *dev, const struct wv__wipe_job *job,
		   const struct wv__certificate_said *said, const char *path);

#endif
