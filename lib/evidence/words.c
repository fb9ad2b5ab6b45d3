/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * words.c - the Japanese of what pages say, looked up; and the words of a certificate
 *
 * What is in no table (a name, a path, a later version's sentence) stays as it is.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "words.h"
#include "../workvol.h"
#include "../base/buf.h"

const struct wv__word wv__words_certificate[] = {
	{ "Certificate of sanitization", "データ消去証明書" },
	{ "LAB, NOT EVIDENCE", "試験用・証拠になりません" },
	{ "PASS", "合格" },
	{ "FAILED", "不合格" },
	{ "UNKNOWN", "未証明" },
	{ "every byte that the medium claims was overwritten and read back",
	  "媒体が申告する全バイトを上書きし、読み戻して照合しました" },
	{ "all was overwritten, and a sample of it read back: not every byte is proven",
	  "全体を上書きし、一部を抜き取って照合しました。全バイトの証明ではありません" },
	{ "a range was overwritten and read back, not the whole medium",
	  "指定範囲を上書きして照合しました。媒体全体ではありません" },
	{ "overwritten, and nothing was read back: nothing is proven",
	  "上書きしましたが読み戻していません。何も証明されていません" },
	{ "not everything was overwritten and read back", "上書きまたは照合ができなかった箇所があります" },
	{ "interrupted before its end", "完了前に中断されました" },
	{ "nothing was done", "何も実施していません" },
	{ "the document does not say how it ended", "結果が文書に記載されていません" },
	{ "erased by the device itself: proven where it was looked, not at every byte",
	  "装置自身の機能で消去しました。確認した箇所のみの証明で、全バイトの証明ではありません" },

	{ "Medium", "媒体" },
	{ "kind", "種類" },
	{ "disk", "ディスク" },
	{ "partition", "パーティション" },
	{ "loop", "ループデバイス" },
	{ "file", "コンテナファイル" },
	{ "model", "型番" },
	{ "serial", "製造番号" },
	{ "serial told by", "番号の出所" },
	{ "size", "容量" },
	{ "path", "パス" },
	{ "vendor", "製造者" },
	{ "property number", "管理番号" },
	{ "classification", "機密区分" },
	{ "data saved to", "データの保存先" },
	{ "destination", "消去後の行き先" },
	{ "used again inside of the organization", "組織内で再利用" },
	{ "used again outside of the organization", "組織外で再利用" },
	{ "recycled", "リサイクル" },
	{ "returned to the manufacturer", "製造者へ返却" },
	{ "elsewhere", "その他" },

	{ "Performed by", "実施" },
	{ "document", "文書" },
	{ "made", "作成日時" },
	{ "by", "実施者" },
	{ "organization", "組織" },
	{ "location", "所在地" },
	{ "phone", "電話" },
	{ "station", "拠点" },
	{ "contact", "連絡先" },
	{ "client", "発注者" },
	{ "tool", "ツール" },

	{ "Sanitization", "消去" },
	{ "technique", "方式" },
	{ "overwrite by the host", "ホストによる上書き" },
	{ "category", "区分" },
	{ "Clear: what the host can address (NIST SP 800-88 Rev. 2)",
	  "Clear(ホストから到達できる領域、NIST SP 800-88 Rev. 2)" },
	{ "Purge: by the device's own command (NIST SP 800-88 Rev. 2)",
	  "Purge(装置自身の消去命令、NIST SP 800-88 Rev. 2)" },
	{ "none", "なし" },
	{ "began, ended", "開始、終了" },
	{ "began", "消去開始" },
	{ "ended at", "消去終了" },
	{ "method", "手順" },
	{ "verification", "検証" },
	{ "full read-back of the last pass", "最終パスの全量読み戻し" },
	{ "marks that were laid before are gone", "事前に書いた標識の消失を確認" },
	{ "incomplete", "不完全" },
	{ "before that", "持出し前の内容" },
	{ "erased", "消去済み" },
	{ "not erased", "未消去" },
	{ "pass", "パス" },
	{ "pattern", "パターン" },
	{ "bytes", "バイト" },
	{ "records, their root", "件の記録とそのルートハッシュ" },
	{ "more ranges: see the document", "箇所がほかにあります(文書を参照)" },
	{ "bytes written", "書込みバイト" },
	{ "bytes read back", "照合バイト" },
	{ "bytes different", "不一致バイト" },
	{ "more passes: see the document", "パスがほかにあります(文書を参照)" },
	{ "bad", "不良箇所" },
	{ "range", "箇所" },
	{ "ranges", "箇所" },
	{ "range wiped", "消去範囲" },
	{ "note", "注記" },
	{ "zeros were written last, after random bytes: zeros are what the medium holds now",
	  "乱数の後、最後にゼロを書きました。媒体に現在あるのはゼロです" },
	{ "FAKE SIZE", "容量の偽り" },

	{ "Surface", "記録面" },
	{ "overwritten and read back", "上書き・照合済み" },
	{ "overwritten, not all read back", "上書きのみ(照合は一部または無し)" },
	{ "outside, or not there", "対象外または実在しない" },
	{ "bad range", "不良箇所" },

	{ "Take-out", "持出し" },
	{ "take-out", "持出し番号" },
	{ "volume", "ボリューム" },
	{ "holder", "持出し者" },
	{ "approved by", "持出し承認" },
	{ "return approved by", "返却承認" },
	{ "declaration", "申告書" },
	{ "server's receipt", "サーバ受領書" },
	{ "receipt", "サーバ受領書" },
	{ "ledger", "台帳" },

	{ "Keys", "暗号鍵" },
	{ "keyslots destroyed", "破棄した鍵スロット" },
	{ "header overwritten", "上書きした先頭部" },
	{ "bytes, read back", "バイト(照合済み)" },
	{ "known copies", "既知の複製" },
	{ "no copy is known", "既知の複製なし" },
	{ "conditions", "条件" },
	{ "encrypted from the first byte; copies of the header made by others are not known",
	  "最初の1バイトから暗号化。第三者によるヘッダの複製は把握できません" },

	{ "Machine that it was used on", "使用した端末" },
	{ "swap", "スワップ" },
	{ "hibernation", "休止状態" },
	{ "core dumps", "コアダンプ" },
	{ "cloud folder", "クラウド同期フォルダ" },
	{ "log-in", "ログイン" },
	{ "off", "無効" },
	{ "encrypted", "暗号化済み" },
	{ "not encrypted", "暗号化なし" },
	{ "in memory only", "メモリ内のみ" },
	{ "unknown", "不明" },
	{ "second factor none", "第二要素なし" },
	{ "second factor optional", "第二要素は任意" },
	{ "second factor required", "第二要素必須" },

	{ "Search for declared content outside of the volume", "ボリューム外にある申告内容の探索" },
	{ "found", "発見" },
	{ "searched", "探索した場所" },
	{ "not searched", "探索しなかった場所" },

	{ "Document", "文書" },
	{ "Ledger", "台帳" },
	{ "Ledger's checkpoint", "台帳のチェックポイント" },
	{ "records, root, origin", "記録数・根・拠点" },

	{ "Not proven", "証明していない事項" },
	{ "remapped and over-provisioned areas", "代替処理済み領域と予備領域" },
	{ "blocks that the file used before", "ファイルが以前に使っていたブロック" },
	{ "what lies outside the range", "指定範囲の外" },
	{ "that what was written is on the medium", "書いた内容が媒体上にあること" },
	{ "what lies outside the sample", "抜き取り箇所以外" },
	{ "blocks that the container had before it was moved or rewritten: they may survive",
	  "コンテナの移動・書換え前のブロック(残っている可能性があります)" },
	{ "that it is the medium of the volume: its header was gone, a person said so",
	  "このボリュームの媒体であること: ヘッダが失われており、人の申告によります" },
	{ "that what was read from the medium before was not copied elsewhere",
	  "以前に媒体から読み出された情報が他に複製されていないこと" },
	{ "more: see the document", "ほかは文書を参照" },

	{ "Responsible person", "責任者" },
	{ "name", "氏名" },
	{ "title", "役職" },
	{ "date", "日付" },
	{ "signature", "署名・押印" },
	{ "SHA-256 of the document that this page shows", "本紙が示す文書のSHA-256" },
	{ "The signed document counts, not this page: ssh-keygen -Y verify -n workvol-certificate checks it.",
	  "正本は署名付き文書です(検証: ssh-keygen -Y verify -n workvol-certificate)。" },
	{ NULL, NULL },
};

int wv__lang_parse(const char *name, enum wv__lang *ret)
{
	static const char *const names[] = { [WV__LANG_BOTH] = "both", [WV__LANG_JA] = "ja", [WV__LANG_EN] = "en" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0) {
			*ret = (enum wv__lang)i;
			return 0;
		}
	return -EINVAL;
}

const char *wv__words_ja(const char *english)
{
	static const struct wv__word *const tables[] = { wv__words_certificate, wv__words_report, wv__words_papers };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct wv__word *word = tables[i]; word->en; word++)
			if (strcmp(word->en, english) == 0)
				return word->ja;
	return NULL;
}

/* ---- sentences with names in them --------------------------------------------------------- */

#define SLOTS 3

struct slot {
	const char *at;
	size_t len;
};

/* The shortest text for each %s but the last, which takes the rest. */
static bool matches(const char *pattern, const char *text, struct slot slots[SLOTS])
{
	for (size_t n = 0;; n++) {
		const char *next = strstr(pattern, "%s");
		const size_t len = next ? (size_t)(next - pattern) : strlen(pattern);
		const char *after, *end;

		if (strncmp(pattern, text, len) != 0)
			return false;
		if (!next)
			return text[len] == '\0';
		text += len;
		pattern = next + 2;
		after = strstr(pattern, "%s");
		if (n == SLOTS)
			return false;
		if (*pattern == '\0') {
			slots[n] = (struct slot){ text, strlen(text) };
			return true;
		}
		end = memmem(text, strlen(text), pattern, after ? (size_t)(after - pattern) : strlen(pattern));
		if (!end)
			return false;
		slots[n] = (struct slot){ text, (size_t)(end - text) };
		text = end;
	}
}

static int put_slot(struct wv_buf *to, struct slot slot)
{
	cleanup_free char *text = strndup(slot.at ? slot.at : "", slot.len);
	const char *ja = text ? wv__words_ja(text) : NULL;

	return text ? wv__buf_puts(to, ja ? ja : text) : -ENOMEM;
}

static char *filled(const char *ja, const struct slot slots[SLOTS])
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	int r = 0;

	for (const char *c = ja; r == 0 && *c; c++) {
		if (*c == '%' && c[1] >= '1' && c[1] < '1' + SLOTS)
			r = put_slot(&text, slots[*++c - '1']);
		else
			r = wv__buf_printf(&text, "%c", *c);
	}
	return r == 0 ? wv__buf_take(&text) : NULL;
}

char *wv__sentence_ja(const char *english)
{
	const char *ja = wv__words_ja(english);

	if (ja)
		return strdup(ja);
	for (const struct wv__word *word = wv__words_sentences; word->en; word++) {
		struct slot slots[SLOTS] = { { NULL, 0 } };

		if (matches(word->en, english, slots))
			return filled(word->ja, slots);
	}
	return NULL;
}

WV_API char *wv_paper_japanese(const char *english)
{
	return wv__sentence_ja(english);
}
