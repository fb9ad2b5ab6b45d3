/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * namespaces.h - what a signature is for: one SSHSIG namespace a purpose, so
 * that a signature given for one thing never passes for another
 */
#ifndef WV_NAMESPACES_H
#define WV_NAMESPACES_H

/* the responsible person */
#define WV_NS_TAKEOUT "workvol-takeout"
#define WV_NS_RETURN "workvol-return"
#define WV_NS_ROSTER "workvol-roster"
#define WV_NS_INSTRUCTION "workvol-instruction"
/* the holder: hand-over and amendments */
#define WV_NS_HOLDER "workvol-holder"
/* the station */
#define WV_NS_TAKEOUT_RECORD "workvol-takeout-record"
#define WV_NS_CERTIFICATE "workvol-certificate"
#define WV_NS_CHECKPOINT "workvol-checkpoint"
/* the server */
#define WV_NS_RECEIPT "workvol-receipt"

#endif
