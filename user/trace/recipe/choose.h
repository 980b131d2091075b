/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* choose.h - which way of a recipe this host can go. */
#ifndef LATCHKIT_USER_TRACE_RECIPE_CHOOSE_H
#define LATCHKIT_USER_TRACE_RECIPE_CHOOSE_H

#include "trace/probe/probe.h"
#include "trace/recipe/recipe.h"

/*
 * The first way whose probes and fields exist and whose types of probes this host has, as trying
 * them shows; without any of these the first whose probes and fields exist. A recipe with one way
 * is not looked at: what is missing will be told where it is used. `like` has the limit and the
 * process of the trace. Returns NULL, after printing why, if there is none.
 */
const struct recipe_way *recipe_choose(const struct recipe *recipe, const struct probe_list *like);

#endif /* LATCHKIT_USER_TRACE_RECIPE_CHOOSE_H */
