// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <string.h>
#include "fault.h"

static bool fault_take(struct fault *f, int err)
{
	if (!f || f->err)
		return false;
	f->err = err;
	return true;
}

int fault_set(struct fault *f, int err, const char *fmt, ...)
{
	va_list ap;

	if (fault_take(f, err)) {
		va_start(ap, fmt);
		vsnprintf(f->what, sizeof(f->what), fmt, ap);
		va_end(ap);
	}
	return -err;
}

int fault_errno(struct fault *f, int err, const char *fmt, ...)
{
	va_list ap;

	if (fault_take(f, err)) {
		size_t len;

		va_start(ap, fmt);
		vsnprintf(f->what, sizeof(f->what), fmt, ap);
		va_end(ap);
		len = strlen(f->what);
		snprintf(f->what + len, sizeof(f->what) - len, ": %s", strerror(err));
	}
	return -err;
}

void fault_hint(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	if (!f || !f->err || f->hint[0])
		return;
	va_start(ap, fmt);
	vsnprintf(f->hint, sizeof(f->hint), fmt, ap);
	va_end(ap);
}

void fault_context(struct fault *f, const char *fmt, ...)
{
	char below[sizeof(f->what)];
	size_t len;
	va_list ap;

	if (!f || !f->err)
		return;
	memcpy(below, f->what, sizeof(below));
	va_start(ap, fmt);
	vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
	len = strlen(f->what);
	snprintf(f->what + len, sizeof(f->what) - len, ": %s", below);
}

static struct {
	const char *file;
	unsigned int line;
} place;

void fault_place(const char *file, unsigned int line)
{
	place.file = file;
	place.line = line;
}

static FILE *stream;

void fault_redirect(FILE *to)
{
	stream = to;
}

FILE *fault_begin(void)
{
	FILE *to = stream ?: stderr;

	fputs("vethbpf: ", to);
	if (place.file)
		fprintf(to, "%s:%u: ", place.file, place.line);
	return to;
}

static void print(const struct fault *f, const char *before)
{
	FILE *to = fault_begin();

	fprintf(to, "%s%s\n", before, f->what);
	if (f->hint[0])
		fprintf(to, "         %s\n", f->hint);
}

void fault_print(const struct fault *f)
{
	print(f, "");
}

void fault_print_warning(const struct fault *f)
{
	print(f, "warning: ");
}
