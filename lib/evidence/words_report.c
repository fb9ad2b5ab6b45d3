/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * words_report.c - the Japanese of a report
 */
#include "words.h"

const struct wv__word wv__words_report[] = {
	{ "Compliance report", "遵守状況報告書" },
	{ "records", "記録" },
	{ "Exceptions", "例外事項" },
	{ "Timeline", "持出しの経過" },
	{ "By clause", "条項別" },
	{ "Take-outs", "持出し一覧" },
	{ "What happened", "事象" },
	{ "Records", "記録番号" },
	{ "What was done", "実施事項" },
	{ "Count", "件数" },
	{ "Take-out, its volume", "持出し・ボリューム" },
	{ "Holder", "持出し者" },
	{ "Out", "持出日" },
	{ "Due", "期限" },
	{ "Keys destroyed", "鍵の破棄日" },
	{ "Nothing in this period was out of order.", "この期間に例外事項はありません。" },
	{ "Nothing was out in this period.", "この期間に持ち出されたものはありません。" },
	{ "No take-out has a record in this period.", "この期間に記録のある持出しはありません。" },
	{ "A bar each, out until the keys were destroyed; thick: overdue; outlined: not back at the end of the period; UTC",
	  "棒は持出しから鍵の破棄まで。太線は期限超過、枠線のみは期間末に未返却。日時はUTC" },
	{ "outside workvol", "workvolの対象外" },
	{ NULL, NULL },
};
