// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include "json_build.h"
#include "output.h"
#include "output_stats.h"
#include "output_view.h"
#include "rate.h"

/* What a VT100 and all its heirs understand. */
#define LINES_UP    "\033[%uF"
#define CLEAR_BELOW "\033[J"
#define WRAP_OFF    "\033[?7l"
#define WRAP_ON	    "\033[?7h"

static const char *rounded(double value, bool human, char *buf)
{
	return output_number((uint64_t)(value + 0.5), human, buf, NUMBER_MAX);
}

static void text_rate(const char *way, const struct rate *rate, bool human)
{
	char frames[NUMBER_MAX], bits[NUMBER_MAX], dropped[NUMBER_MAX];

	printf(" %s %s frames/s %s bit/s", way, rounded(rate->frames, human, frames),
	       rounded(rate->bits, human, bits));
	if (rate->dropped > 0)
		printf(" dropped %s frames/s", rounded(rate->dropped, human, dropped));
}

static void text_pair(const struct view_pair *pair, const struct rate rate[2], bool human)
{
	printf("%s <-> %s", view_end_name(&pair->end[0]), view_end_name(&pair->end[1]));
	text_rate("->", &rate[0], human);
	text_rate("<-", &rate[1], human);
	putchar('\n');
}

static struct json_object *json_rate(const struct rate *rate)
{
	struct json_object *json = json_object_new_object();

	json_add_number(json, "frames_per_second", rate->frames);
	json_add_number(json, "bits_per_second", rate->bits);
	json_add_number(json, "dropped_per_second", rate->dropped);
	return json;
}

static void json_pair(const struct view_pair *pair, const struct rate rate[2], double seconds,
		      double now, bool pretty)
{
	struct json_object *json = json_object_new_object();

	json_add_number(json, "time", now);
	json_add_number(json, "seconds", seconds);
	json_add(json, "a", output_json_end(&pair->end[0]));
	json_add(json, "b", output_json_end(&pair->end[1]));
	json_add(json, "a_to_b", json_rate(&rate[0]));
	json_add(json, "b_to_a", json_rate(&rate[1]));
	json_print(json, pretty);
}

/* Lines that would scroll away could not be gone back to. */
static bool has_room(const struct output_stats *out)
{
	return !out->terminal || !out->height || out->shown + 1 < out->height;
}

int output_stats(struct output_stats *out, const struct view *before, const struct view *after,
		 double seconds, double now)
{
	if (out->terminal && out->shown)
		printf(LINES_UP CLEAR_BELOW, out->shown);
	if (out->terminal)
		printf(WRAP_OFF);
	out->shown = 0;
	for (size_t i = 0; i < after->count && has_room(out); i++) {
		const struct view_pair *is = &after->pairs[i], *was = rate_find(before, is);
		struct rate rate[2];

		if (!was)
			continue;
		for (int k = 0; k < 2; k++)
			rate[k] = rate_between(&was->end[k].count, &is->end[k].count, seconds);
		if (out->opt->json)
			json_pair(is, rate, seconds, now, out->opt->pretty);
		else
			text_pair(is, rate, out->opt->human);
		out->shown++;
	}
	if (out->terminal)
		printf(WRAP_ON);
	return output_finish();
}
