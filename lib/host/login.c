/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * login.c - how the machine logs people in: PAM's stacks, the keys that they
 * know, a TPM, and what opens its disks
 */
#include <stdio.h>
#include <string.h>

#include "host.h"

#define INCLUDES_MAX 8

static const char *const services[] = {
	"login", "sshd", "gdm-password", "gdm-smartcard", "gdm-fingerprint", "sddm", "lightdm", "xdm",
};

/* Modules that ask for what a person has. */
static const char *const tokens[] = {
	"pam_u2f", "pam_fido2", "pam_yubico", "pam_google_authenticator", "pam_oath",
	"pam_pkcs11", "pam_p11", "pam_duo", "pam_rssh",
};

struct stack {
	struct wv_ctx *ctx;
	const char *root;
	struct wv_doc *auth; /* "CONTROL MODULE", in their order */
	int depth;
	bool required, optional; /* a module of a token, by its control */
};

static int read_stack(struct stack *stack, const char *name);

static bool is_token(const char *module)
{
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++)
		if (strcmp(module, tokens[i]) == 0)
			return true;
	return false;
}

/* The next word; one in brackets may hold blanks. */
static char *next_word(char **rest)
{
	char *word, *end;

	*rest += strspn(*rest, " \t");
	word = *rest;
	if (!*word)
		return NULL;
	end = *word == '[' && strchr(word, ']') ? strchr(word, ']') + 1 : word + strcspn(word, " \t");
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

/* An option by which who has no token passes without: the module is required of the others only. */
static bool lets_pass(char *options)
{
	for (char *word; (word = next_word(&options));)
		if (strcmp(word, "nouserok") == 0 || strcmp(word, "nullok") == 0)
			return true;
	return false;
}

static int add_module(struct stack *stack, const char *control, char *module, char *options)
{
	const char *slash = strrchr(module, '/');
	char *suffix = strstr(module, ".so");
	const char *name = slash ? slash + 1 : module;
	cleanup_free char *text = NULL;

	if (suffix)
		*suffix = '\0';
	if (is_token(name)) {
		const bool must = (strcmp(control, "required") == 0 || strcmp(control, "requisite") == 0) &&
				  !lets_pass(options);

		stack->required |= must;
		stack->optional |= !must;
	}
	text = wv__printf("%s %s", control, name);
	if (!text)
		return wv__fail_memory(stack->ctx);
	return wv__is_utf8(text, strlen(text)) ? wv__doc_append_str(stack->ctx, stack->auth, text) : 0;
}

/* pam.conf(5): TYPE CONTROL MODULE ARGUMENTS, "auth include NAME", and Debian's "@include NAME". */
static int see_line(void *data, char *line)
{
	struct stack *stack = data;
	char *rest = line + (*line == '-');
	char *type = next_word(&rest), *control = next_word(&rest), *module;

	if (type && control && strcmp(type, "@include") == 0)
		return read_stack(stack, control);
	if (!type || !control || strcasecmp(type, "auth") != 0)
		return 0;
	module = next_word(&rest);
	if (!module)
		return 0;
	if (strcmp(control, "include") == 0 || strcmp(control, "substack") == 0)
		return read_stack(stack, module);
	return add_module(stack, control, module, rest);
}

static int read_stack(struct stack *stack, const char *name)
{
	cleanup_free char *path = wv__printf("/etc/pam.d/%s", name);
	int r;

	if (!path)
		return wv__fail_memory(stack->ctx);
	if (stack->depth == INCLUDES_MAX || strchr(name, '/'))
		return 0;
	stack->depth++;
	r = wv__host_lines(stack->ctx, stack->root, path, NULL, see_line, stack);
	stack->depth--;
	return r;
}

static int add_service(struct wv_ctx *ctx, const char *root, const char *name, struct wv_doc *rows)
{
	cleanup_doc struct wv_doc *auth = NULL;
	struct stack stack = { .ctx = ctx, .root = root };
	int r = wv__doc_array(ctx, &auth);

	stack.auth = auth;
	if (r == 0)
		r = read_stack(&stack, name);
	if (r < 0 || !wv_doc_count(auth))
		return r;
	return wv__doc_append_row(ctx, rows, M_STR("service", name), M_DOC("auth", auth),
				  M_STR("second_factor", stack.required ? "required" :
							 stack.optional ? "optional" : "none"));
}

/* ---- keys that are known, and what opens the disks ------------------------------------------ */

struct list {
	struct wv_ctx *ctx;
	const char *root;
	struct wv_doc *rows;
};

static int count_line(void *data, char *line)
{
	(void)line;
	++*(uint64_t *)data;
	return 0;
}

static int add_token_file(struct list *list, const char *path)
{
	uint64_t people = 0;
	const int r = wv__host_lines(list->ctx, list->root, path, NULL, count_line, &people);

	if (r < 0 || !people)
		return r;
	return wv__doc_append_row(list->ctx, list->rows, M_PATH("path", path), M_U64("lines", people));
}

static int see_home(void *data, const char *user, const char *home)
{
	struct list *list = data;
	cleanup_free char *path = wv__printf("%s/.config/Yubico/u2f_keys", home);

	(void)user;
	return path ? wv__host_pass_over(list->ctx, add_token_file(list, path)) : wv__fail_memory(list->ctx);
}

static int token_files(struct list *list)
{
	static const char *const files[] = { "/etc/u2f_mappings", "/etc/Yubico/u2f_keys" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(files); i++)
		r = add_token_file(list, files[i]);
	return r < 0 ? r : wv__host_homes(list->ctx, list->root, see_home, list);
}

/* crypttab(5): NAME DEVICE KEY OPTIONS */
static int see_unlock(void *data, char *line)
{
	static const struct {
		const char *option, *by;
	} ways[] = { { "tpm2-device=", "tpm2" }, { "fido2-device=", "fido2" }, { "pkcs11-uri=", "pkcs11" } };
	struct list *list = data;
	char *rest = line, *name = next_word(&rest);
	int r = 0;

	if (!name || !wv__is_utf8(name, strlen(name)))
		return 0;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(ways); i++)
		if (strstr(rest, ways[i].option))
			r = wv__doc_append_row(list->ctx, list->rows, M_STR("name", name),
					       M_STR("by", ways[i].by));
	return r;
}

static int tpm_version(struct wv_ctx *ctx, const char *root, char ret[8])
{
	cleanup_buf struct wv_buf text = WV_BUF_INIT;
	const int r = wv__host_text(ctx, root, "/sys/class/tpm/tpm0/tpm_version_major", &text);

	snprintf(ret, 8, "%s", wv__buf_str(&text));
	ret[strcspn(ret, "\n")] = '\0';
	return r < 0 ? r : 0;
}

int wv__login(struct wv_ctx *ctx, const char *root, struct wv_doc **ret)
{
	cleanup_doc struct wv_doc *rows = NULL;
	cleanup_doc struct wv_doc *files = NULL;
	cleanup_doc struct wv_doc *unlock = NULL;
	struct list list = { .ctx = ctx, .root = root };
	char tpm[8] = "";
	int r;

	r = wv__doc_array(ctx, &rows);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(services); i++)
		r = add_service(ctx, root, services[i], rows);
	if (r == 0)
		r = wv__doc_array(ctx, &files);
	list.rows = files;
	if (r == 0)
		r = token_files(&list);
	if (r == 0)
		r = wv__doc_array(ctx, &unlock);
	list.rows = unlock;
	if (r == 0)
		r = wv__host_lines(ctx, root, "/etc/crypttab", NULL, see_unlock, &list);
	if (r == 0)
		r = tpm_version(ctx, root, tpm);
	return r < 0 ? r : wv__doc_build(ctx, ret, M_DOC("services", rows), M_DOC("token_files", files),
					 M_STR("tpm", *tpm ? tpm : NULL), M_DOC("unlock", unlock));
}
