/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * embed.h - files of this room, as they are: they can be read, and run, where they lie
 *
 * The object depends on the file by a line in the Makefile.
 */
#ifndef WV_EMBED_H
#define WV_EMBED_H

#define EMBED(name, file)                                              \
	__asm__(".pushsection .rodata\n" #name ":\n.incbin \"" file "\"\n" \
		#name "_end:\n.byte 0\n.popsection\n");                \
	extern const char name[] __attribute__((visibility("hidden")));     \
	extern const char name##_end[] __attribute__((visibility("hidden")))

#endif
